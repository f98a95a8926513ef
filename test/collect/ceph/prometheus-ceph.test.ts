import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CephSource } from '../../../src/collect/ceph/ceph-source.ts';
import { cephMetricNames } from '../../../src/collect/ceph/metric-names.ts';
import { samplesNamed } from '../../../src/collect/smart/metrics-text.ts';
import { manualClock } from '../../../src/core/clock.ts';
import type { CephReading } from '../../../src/core/storage.ts';
import { prometheusMissing, type RunningPrometheus, startPrometheus } from '../../support/prometheus.ts';
import { openFrom } from './support/open.ts';
import { recorded, times } from './support/recorded.ts';

const missing = prometheusMissing();
const title = `Ceph by a real Prometheus${missing === undefined ? '' : ` (skipped: ${missing})`}`;
const startSeconds = 1_770_000_000;
const scrapeSeconds = 15;
const scrapes = 121;
const endSeconds = startSeconds + scrapeSeconds * (scrapes - 1);
/** Nothing was scraped from the 40th to the 79th time. */
const isScraped = (index: number): boolean => index < 40 || index >= 80;

describe.skipIf(missing !== undefined)(title, () => {
  let prometheus: RunningPrometheus;
  beforeAll(async () => {
    prometheus = await startPrometheus({ history: historyLines() });
  });
  afterAll(() => prometheus?.stop());

  test('the first reading has rates and the time of the last scrape', async () => {
    const source = open(endSeconds + 40);
    const reading = await source.read();
    expect(reading.timeSeconds).toBe(endSeconds);
    expectLoad(reading);
    expect(reading.cluster).toBe('11111111-2222-3333-4444-555555555555');
    expect(reading.osds.map(({ host }) => host)).toEqual(['node-a', 'node-b', 'node-c', 'node-d']);
    expect(reading.osds[1]?.deviceIds).toEqual(['ST4000DM000_LAB1']);
    await source.close();
  });

  test('nothing scraped since is the same reading again', async () => {
    const clock = manualClock(endSeconds + 1);
    const source = open(0, clock);
    const reading = await source.read();
    clock.set(endSeconds + 14);
    expect(await source.read()).toBe(reading);
    await source.close();
  });

  test('long after the last scrape there is no reading, but an error', async () => {
    const source = open(endSeconds + 900);
    await expect(source.read()).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      message: expect.stringContaining('no ceph_health_status') as string,
    });
    await source.close();
  });

  test('history has a reading a step with its rates, and none where nothing was scraped', async () => {
    const source = open(endSeconds);
    const range = { startSeconds, endSeconds, stepSeconds: 60 };
    const readings: CephReading[] = [];
    for await (const reading of source.history?.(range, 60) ?? []) readings.push(reading);
    const at = readings.map(({ timeSeconds }) => (timeSeconds - startSeconds) / 60);
    expect(at[0]).toBe(1);
    expect(at.at(-1)).toBe(30);
    expect(at).toContain(10);
    for (let minute = 11; minute < 20; minute += 1) expect(at).not.toContain(minute);
    expect(at).toContain(20);
    for (const reading of readings) expectLoad(reading);
    expect(readings.every(({ disks }) => disks.size === 0)).toBe(true);
    await source.close();
  });

  test('the readings of another cluster in the same Prometheus are left out by the selector', async () => {
    const source = open(endSeconds, manualClock(endSeconds), 'cluster="none"');
    await expect(source.read()).rejects.toThrow('no ceph_health_status');
    await source.close();
  });

  function open(nowSeconds: number, clock = manualClock(nowSeconds), selector = 'cluster=~"1.+"'): CephSource {
    const metrics = { kind: 'prometheus', url: prometheus.url, selector, retryBudget: '5s' };
    return openFrom({ metrics, disks: { kind: 'none' } }, clock);
  }
});

function expectLoad({ pools, osds }: CephReading): void {
  const fast = pools.find(({ name }) => name === 'fast');
  expect(fast?.rates.writeOps).toBeCloseTo(rateOf('ceph_pool_wr', 'pool_id="2"'), 1);
  expect(osds[0]?.rates.writeOps).toBeCloseTo(rateOf('ceph_osd_op_w', 'ceph_daemon="osd.0"'), 1);
  expect(osds[1]?.writeLatencySeconds).toBeGreaterThan(0.3);
  expect(osds[1]?.readLatencySeconds).toBeNaN();
}

/** Between the two recorded pages. */
function rateOf(name: string, label: string): number {
  const value = (page: string): number => {
    const line = page.split('\n').find((one) => one.startsWith(`${name}{`) && one.includes(label));
    return Number(line?.split(' ').at(-1));
  };
  return (value(recorded('pacific-after.txt')) - value(recorded('pacific-before.txt'))) / (times.after - times.before);
}

/** The recorded cluster as if its load had gone on for half an hour: counters grow on at their recorded rates, the rest stays. */
function* historyLines(): Generator<string> {
  const pages = ['pacific-before.txt', 'pacific-after.txt'].map((name) => [
    ...samplesNamed(recorded(name), cephMetricNames),
  ]);
  const [before = [], after = []] = pages;
  const seconds = times.after - times.before;
  const cluster = 'cluster="11111111-2222-3333-4444-555555555555",job="ceph"';
  // Of one metric all series must stand together.
  for (const [index, { name, labels, value }] of before.entries()) {
    const own = Object.entries(labels).map(([key, text]) => `${key}="${text}"`);
    const grows = /_(rd|wr)(_bytes)?$|_op_|latency/.test(name) ? ((after[index]?.value ?? value) - value) / seconds : 0;
    for (let scrape = 0; scrape < scrapes; scrape += 1) {
      if (!isScraped(scrape)) continue;
      const time = startSeconds + scrape * scrapeSeconds;
      yield `${name}{${[...own, cluster].join(',')}} ${value + grows * scrape * scrapeSeconds} ${time}`;
    }
  }
}
