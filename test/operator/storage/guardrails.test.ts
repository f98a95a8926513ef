import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cephWords, guardStep } from '../../../src/operator/storage/guardrails.ts';
import type { LiveCluster } from '../../../src/operator/storage/live-cluster.ts';
import type { ExecutableStep } from '../../../src/storage/plan/storage-plan.ts';
import { liveCluster, liveOsd, livePool, withOsd } from './live.ts';

const out = { kind: 'osd-out', osd: 1 } as const;
const reweight = { kind: 'osd-reweight', osd: 1, weight: 0.9 } as const;
const crush = { kind: 'osd-crush-reweight', osd: 1, weight: 0 } as const;
const steps = [out, reweight, crush] as const;

function reasonOf(step: ExecutableStep, live: LiveCluster): string {
  const guarded = guardStep(step, live);
  return guarded.kind === 'blocked' ? guarded.reason : guarded.kind;
}

describe('a step is carried out', () => {
  test.each(steps)('on a cluster that is well: $kind', (step) => {
    expect(reasonOf(step, liveCluster())).toBe('go');
  });

  test('by words of the ceph command', () => {
    expect(steps.map((step) => cephWords(step).join(' '))).toEqual([
      'osd out 1',
      'osd reweight 1 0.9',
      'osd crush reweight osd.1 0',
    ]);
  });

  test('while data is scrubbed or the cluster warns of something else', () => {
    expect(reasonOf(out, liveCluster({ health: 'HEALTH_WARN', checks: ['RECENT_CRASH'] }))).toBe('go');
  });
});

describe('no step is carried out', () => {
  test.each<[string, string, Partial<LiveCluster>]>([
    ['while placement groups are not clean', 'not-clean', { placementGroups: { total: 64, clean: 63 } }],
    ['on a cluster with an error', 'unhealthy', { health: 'HEALTH_ERR' }],
    ['while a monitor is down', 'unhealthy', { health: 'HEALTH_WARN', checks: ['MON_DOWN'] }],
    ['while somebody set a flag', 'flags', { flags: ['sortbitwise', 'norebalance'] }],
    ['of an OSD that is not there', 'unknown-osd', { osds: [liveOsd(0)] }],
  ])('%s', (_, reason, more) => {
    for (const step of steps) expect(reasonOf(step, liveCluster(more))).toBe(reason);
  });
});

describe('an OSD stays in use', () => {
  test('while one of another failure domain is out, down or without weight', () => {
    for (const more of [{ in: false, reweight: 0 }, { up: false }, { crushWeight: 0 }]) {
      const live = withOsd(liveCluster(), 3, { ...more, placementGroups: 0 });
      expect(reasonOf(out, live)).toBe('another-domain');
      expect(reasonOf(crush, live)).toBe('another-domain');
      // Some of its data moves, and none is missing anywhere.
      expect(reasonOf(reweight, live)).toBe('go');
    }
  });

  test('but not for one of the same domain, nor for one that its pools do not use', () => {
    const beside = withOsd(liveCluster(), 3, { in: false, reweight: 0, above: { host: 'node-1', root: 'default' } });
    expect(reasonOf(out, beside)).toBe('go');
    const other = withOsd(liveCluster(), 3, { in: false, reweight: 0, above: { host: 'node-3', root: 'archive' } });
    expect(reasonOf(out, other)).toBe('go');
  });

  test('when a pool would have fewer domains than its min_size, or than replicas', () => {
    const osds = [0, 1].map((id) => liveOsd(id));
    const pools = [livePool({ size: 2, minSize: 2 })];
    expect(reasonOf(out, liveCluster({ osds, pools }))).toBe('under-min-size');
    expect(reasonOf(out, liveCluster({ osds, pools: [livePool({ size: 2, minSize: 1 })] }))).toBe('no-place');
    expect(reasonOf(out, liveCluster({ osds, pools: [] }))).toBe('go');
  });

  test('as each pool sees it: by its rule’s device class and kind of domain', () => {
    const rule = { takes: [{ bucket: 'default', deviceClass: 'ssd' }], failureDomain: 'rack' };
    const pools = [livePool({ name: 'fast', size: 2, minSize: 1, rule })];
    const racks = ['a', 'a', 'b', 'b', 'c'];
    const osds = racks.map((rack, id) =>
      liveOsd(id, {
        usedBytes: 1e12,
        deviceClass: id < 4 ? 'ssd' : 'hdd',
        above: { host: `node-${id}`, rack, root: 'default' },
      }),
    );
    expect(reasonOf(out, liveCluster({ osds, pools }))).toBe('go');
    const alone = osds.map((osd) => (osd.id === 0 ? { ...osd, deviceClass: 'hdd' } : osd));
    expect(reasonOf(out, liveCluster({ osds: alone, pools }))).toBe('no-place');
    expect(reasonOf({ kind: 'osd-out', osd: 4 }, liveCluster({ osds, pools }))).toBe('go');
  });

  test('when its data would fill others beyond near full', () => {
    const full = liveCluster({ osds: [0, 1, 2, 3, 4].map((id) => liveOsd(id, { usedBytes: 3e12 })) });
    expect(reasonOf(out, full)).toBe('no-room');
    expect(reasonOf(reweight, full)).toBe('go');
  });

  test('when its host has to take its data and cannot', () => {
    const host = (name: string) => ({ host: name, root: 'default' });
    const osds = [
      liveOsd(0, { above: host('a') }),
      liveOsd(1, { above: host('b'), usedBytes: 2e12 }),
      liveOsd(2, { above: host('b'), usedBytes: 2e12 }),
      liveOsd(3, { above: host('c') }),
    ];
    // All three hosts hold a replica each: what osd.1 has goes to osd.2 alone.
    expect(reasonOf(out, liveCluster({ osds }))).toBe('no-room');
    expect(reasonOf(out, liveCluster({ osds: [...osds, liveOsd(4, { above: host('d') })] }))).toBe('go');
  });
});

describe('a step that was made', () => {
  test('runs until placement groups are clean and the OSD has none', () => {
    const made = withOsd(liveCluster(), 1, { in: false, reweight: 0 });
    expect(reasonOf(out, { ...made, placementGroups: { total: 64, clean: 40 } })).toBe('running');
    expect(reasonOf(out, made)).toBe('running');
    expect(reasonOf(out, withOsd(made, 1, { placementGroups: 0 }))).toBe('done');
  });

  test('is not made again by whatever way', () => {
    expect(reasonOf(crush, withOsd(liveCluster(), 1, { crushWeight: 0, placementGroups: 0 }))).toBe('done');
    expect(reasonOf(reweight, withOsd(liveCluster(), 1, { reweight: 0.9 }))).toBe('done');
    expect(reasonOf(reweight, withOsd(liveCluster(), 1, { reweight: 0.5 }))).toBe('done');
  });
});

test('whatever a cluster looks like, a step that is allowed leaves every pool a place for each replica', () => {
  const osd = fc.record({
    up: fc.boolean(),
    in: fc.boolean(),
    reweight: fc.constantFrom(0, 0.5, 1),
    host: fc.constantFrom('a', 'b', 'c', 'd'),
    deviceClass: fc.constantFrom('hdd', 'ssd'),
    used: fc.double({ min: 0, max: 0.9, noNaN: true }),
  });
  const pool = fc.record({
    size: fc.integer({ min: 1, max: 4 }),
    failureDomain: fc.constantFrom('host', 'osd'),
    deviceClass: fc.constantFrom(undefined, 'hdd', 'ssd'),
  });
  fc.assert(
    fc.property(fc.array(osd, { minLength: 2, maxLength: 10 }), fc.array(pool, { maxLength: 3 }), (osds, pools) => {
      const live = liveCluster({
        osds: osds.map(({ host, used, ...more }, id) =>
          liveOsd(id, { ...more, usedBytes: used * 4e12, above: { host, root: 'default' } }),
        ),
        pools: pools.map(({ size, failureDomain, deviceClass }, i) =>
          livePool({
            name: `pool-${i}`,
            size,
            minSize: Math.max(1, size - 1),
            rule: { takes: [{ bucket: 'default', deviceClass }], failureDomain },
          }),
        ),
      });
      if (guardStep(out, live).kind !== 'go') return;
      for (const { size, rule } of live.pools) {
        const [take] = rule.takes;
        const holders = live.osds.filter(
          (one) => take?.deviceClass === undefined || one.deviceClass === take.deviceClass,
        );
        if (!holders.some(({ id }) => id === out.osd)) continue;
        const left = holders.filter((one) => one.id !== out.osd && one.up && one.in && one.reweight > 0);
        const domains = new Set(left.map((one) => (rule.failureDomain === 'osd' ? `${one.id}` : one.above.host)));
        expect(domains.size).toBeGreaterThanOrEqual(size);
      }
    }),
  );
});
