import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openVolumeSource, type VolumeSource } from '../../src/collect/volumes.ts';
import { manualClock } from '../../src/core/clock.ts';
import { configSchema } from '../../src/core/config.ts';
import { createLogger } from '../../src/core/log.ts';
import type { VolumeReading } from '../../src/core/storage.ts';
import { prometheusMissing, type RunningPrometheus, startPrometheus } from '../support/prometheus.ts';

const missing = prometheusMissing();
const title = `volumes by a real Prometheus${missing === undefined ? '' : ` (skipped: ${missing})`}`;
const startSeconds = 1_770_000_000;
const endSeconds = startSeconds + 1800;

describe.skipIf(missing !== undefined)(title, () => {
  let prometheus: RunningPrometheus;
  beforeAll(async () => {
    prometheus = await startPrometheus({ history: historyLines() });
  });
  afterAll(() => prometheus?.stop());

  test('a volume is read once, as the fullest of its mounts, with the time of its measurement', async () => {
    const source = open();
    expect(await source?.read()).toEqual([
      { timeSeconds: endSeconds, namespace: 'shop', claim: 'orders', usedBytes: 1800, capacityBytes: 10_000 },
      { timeSeconds: endSeconds, namespace: 'shop', claim: 'shared', usedBytes: 300, capacityBytes: 400 },
    ]);
    source?.close();
  });

  test('its history has every step that was measured', async () => {
    const source = open();
    const all: VolumeReading[] = [];
    for await (const readings of source?.history({ startSeconds, endSeconds, stepSeconds: 600 }) ?? []) {
      all.push(...readings.filter(({ claim }) => claim === 'orders'));
    }
    expect(all.map(({ timeSeconds, usedBytes }) => [timeSeconds - startSeconds, usedBytes])).toEqual([
      [600, 600],
      [1200, 1200],
      [1800, 1800],
    ]);
    source?.close();
  });

  function open(): VolumeSource | undefined {
    const { source } = configSchema.parse({
      source: { kind: 'prometheus', url: prometheus.url, selector: 'cluster="east"' },
    });
    return openVolumeSource({ config: source, clock: manualClock(endSeconds + 5), logger: createLogger('silent') });
  }
});

test('a source without a Prometheus has no volumes', () => {
  const { source } = configSchema.parse({ source: { kind: 'trace', path: 'x' } });
  expect(openVolumeSource({ config: source, clock: manualClock(0), logger: createLogger('silent') })).toBeUndefined();
});

function* historyLines(): Generator<string> {
  const volumes = [
    { labels: label('orders', 'node-0'), used: (seconds: number) => seconds, capacity: 10_000 },
    { labels: label('shared', 'node-0'), used: () => 200, capacity: 400 },
    { labels: label('shared', 'node-1'), used: () => 300, capacity: 400 },
    { labels: label('unknown', 'node-0'), used: () => 0, capacity: 0 },
    { labels: label('elsewhere', 'node-0').replace('east', 'west'), used: () => 1, capacity: 2 },
  ];
  for (const [metric, of] of [
    ['kubelet_volume_stats_used_bytes', 'used'],
    ['kubelet_volume_stats_capacity_bytes', 'capacity'],
  ] as const) {
    for (const { labels, used, capacity } of volumes) {
      for (let seconds = 0; seconds <= endSeconds - startSeconds; seconds += 60) {
        yield `${metric}{${labels}} ${of === 'used' ? used(seconds) : capacity} ${startSeconds + seconds}`;
      }
    }
  }
}

function label(claim: string, node: string): string {
  return `cluster="east",namespace="shop",persistentvolumeclaim="${claim}",node="${node}"`;
}
