import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ClusterSample, OsdSample, PoolSample } from '../../../src/collect/ceph/cluster-sample.ts';
import { CounterMemory } from '../../../src/collect/ceph/counter-memory.ts';
import { recorded, sampleOf, times } from './support/recorded.ts';

const whole = { total: 8, clean: 8, unknown: 0 };

describe.each([
  { release: 'Ceph 16, all on the page of the manager', pages: (when: string) => [`pacific-${when}.txt`] },
  {
    release: 'Ceph 17.2.7 and later, with the counters of OSDs on the page of an exporter',
    pages: (when: string) => [`reef-manager-${when}.txt`, `reef-exporter-${when}.txt`],
  },
])('$release', ({ pages }) => {
  const memory = new CounterMemory();
  const first = memory.take(sampleOf(pages('before').map(recorded), times.before));
  const { pools, osds } = memory.take(sampleOf(pages('after').map(recorded), times.after));

  test('a first sample has no rates', () => {
    expect([...first.osds.values()].every(({ rates }) => Number.isNaN(rates.writeOps))).toBe(true);
    expect([...first.pools.values()].every(({ readOps }) => Number.isNaN(readOps))).toBe(true);
  });

  test('a pool under load has the rates of its load', () => {
    const fast = pools.get(2);
    expect(fast?.readOps).toBeGreaterThan(1000);
    expect(fast?.writeOps).toBeGreaterThan(100);
    expect((fast?.writeBytes ?? 0) / (fast?.writeOps ?? 1)).toBeCloseTo(4096, -2);
  });

  test('the OSD that holds its operations back is told from the others by its latency', () => {
    expect(osds.get(1)?.writeLatencySeconds).toBeGreaterThan(0.3);
    expect(osds.get(0)?.writeLatencySeconds).toBeLessThan(0.05);
    expect(osds.get(0)?.readLatencySeconds).toBeLessThan(0.01);
  });

  test('what was not done has no latency', () => {
    expect(osds.get(1)?.readLatencySeconds).toBeNaN();
    expect(osds.get(1)?.rates.readOps).toBe(0);
  });
});

test('an OSD that was started anew counts from nothing', () => {
  const memory = new CounterMemory();
  memory.take(oneOsd(0, { ops: 1000, seconds: 50 }));
  const { osds } = memory.take(oneOsd(60, { ops: 30, seconds: 3 }));
  expect(osds.get(0)).toMatchObject({ rates: { writeOps: 0.5 }, writeLatencySeconds: 0.1 });
});

test('an OSD that is missing for a while is measured against its own last counters', () => {
  const memory = new CounterMemory();
  memory.take(oneOsd(0, { ops: 1000, seconds: 50 }));
  expect(memory.take(oneOsd(60, { ops: Number.NaN, seconds: Number.NaN })).osds.get(0)?.rates.writeOps).toBeNaN();
  expect(memory.take(oneOsd(120, { ops: 1120, seconds: 62 })).osds.get(0)).toMatchObject({
    rates: { writeOps: 1 },
    writeLatencySeconds: 0.1,
  });
});

test('counters of an exporter that was not read again say nothing new', () => {
  const memory = new CounterMemory();
  memory.take(oneOsd(0, { ops: 1000, seconds: 50 }));
  const { osds } = memory.take({ ...oneOsd(60, { ops: 1000, seconds: 50 }, 0) });
  expect(osds.get(0)?.rates.writeOps).toBeNaN();
});

test('a pool has no rates while placement groups are unknown, nor right after', () => {
  const memory = new CounterMemory();
  memory.take(onePool(0, 10_000));
  expect(memory.take(onePool(30, 400, { ...whole, unknown: 7 })).pools.get(1)?.writeOps).toBeNaN();
  expect(memory.take(onePool(60, 10_300)).pools.get(1)?.writeOps).toBeNaN();
  expect(memory.take(onePool(90, 10_600)).pools.get(1)?.writeOps).toBe(10);
});

test('a pool whose counters fall has no rates in that interval, and those of what it does after', () => {
  const memory = new CounterMemory();
  memory.take(onePool(0, 10_000));
  expect(memory.take(onePool(30, 6000)).pools.get(1)?.writeOps).toBeNaN();
  expect(memory.take(onePool(60, 6300)).pools.get(1)?.writeOps).toBe(10);
});

test('whatever the counters do, no rate is negative, and what was done between two samples is counted once', () => {
  const steps = fc.array(fc.record({ grows: fc.nat(1000), restarts: fc.boolean() }), { minLength: 2, maxLength: 30 });
  fc.assert(
    fc.property(steps, (all) => {
      const memory = new CounterMemory();
      let [ops, counted, done] = [5000, 0, 0];
      memory.take(oneOsd(0, { ops, seconds: ops / 100 }));
      all.forEach(({ grows, restarts }, index) => {
        // A restart that shows: what was done since is less than what was counted before.
        const isRestart = restarts && grows < ops;
        ops = isRestart ? grows : ops + grows;
        done += grows;
        const rate =
          memory.take(oneOsd(60 * (index + 1), { ops, seconds: ops / 100 })).osds.get(0)?.rates.writeOps ?? -1;
        expect(rate).toBeGreaterThanOrEqual(0);
        counted += rate * 60;
      });
      expect(counted).toBeCloseTo(done, 6);
    }),
  );
});

function oneOsd(
  timeSeconds: number,
  { ops, seconds }: { ops: number; seconds: number },
  counted = timeSeconds,
): ClusterSample {
  const osd: OsdSample = {
    id: 0,
    up: 1,
    in: 1,
    weight: 1,
    usedBytes: 1,
    totalBytes: 10,
    host: 'node-a',
    deviceClass: 'hdd',
    devices: [],
    deviceIds: [],
    counters: { readOps: 0, writeOps: ops, readBytes: 0, writeBytes: 4096 * ops },
    latency: { readSeconds: 0, readCount: 0, writeSeconds: seconds, writeCount: ops },
    countedSeconds: counted,
  };
  return { timeSeconds, healthStatus: 0, checks: [], cluster: '', pools: new Map(), osds: new Map([[0, osd]]) };
}

function onePool(
  timeSeconds: number,
  ops: number,
  placementGroups: PoolSample['placementGroups'] = whole,
): ClusterSample {
  const pool: PoolSample = {
    id: 1,
    name: 'fast',
    type: 'replicated',
    description: 'replica:3',
    storedBytes: 1,
    availableBytes: 1,
    quotaBytes: 0,
    counters: { readOps: 0, writeOps: ops, readBytes: 0, writeBytes: 4096 * ops },
    placementGroups,
  };
  return { timeSeconds, healthStatus: 0, checks: [], cluster: '', pools: new Map([[1, pool]]), osds: new Map() };
}
