import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NodeDisk } from '../../../src/storage/node-disks.ts';
import { isJudged } from '../../../src/storage/plan/plan-judged.ts';
import type { PlanOptions } from '../../../src/storage/plan/plan-options.ts';
import { planStorage } from '../../../src/storage/plan/plan-storage.ts';
import { stepText } from '../../../src/storage/plan/plan-words.ts';
import type { StoragePlan } from '../../../src/storage/plan/storage-plan.ts';
import type { StorageState } from '../../../src/storage/storage-state.ts';
import { failing, likely, nodeDisk } from '../../support/node-disks.ts';
import { osdDisk, osdOutlook, poolOutlook, storageState } from '../../support/storage-state.ts';

const day = 86_400;
const now = 20_000 * day;
const TB = 1e12;
const options: PlanOptions = {
  nowSeconds: now,
  maxAgeSeconds: 300,
  diskMaxAgeSeconds: day,
  threshold: 0.2,
  leadDays: 30,
  lastsDays: 180,
  retireBy: 'osd-out',
};
const osds = [0, 1, 2].map((id) => osdOutlook(id));

function plansOf(
  state: StorageState | undefined,
  more: Partial<PlanOptions> = {},
  nodeDisks: readonly NodeDisk[] = [],
) {
  return planStorage(state, nodeDisks, { ...options, ...more });
}

function byId(plans: readonly StoragePlan[]): ReadonlyMap<string, StoragePlan> {
  return new Map(plans.map((plan) => [plan.id, plan]));
}

describe('plans for disks', () => {
  test('take out the OSD of a disk that fails, then replace the disk today', () => {
    const [plan, ...others] = plansOf(storageState({ osds, disks: [osdDisk(0), osdDisk(1, failing)] }, now));
    expect(others).toEqual([]);
    expect(plan).toMatchObject({ id: '6b1f3b2a-osd-1-retire', subject: 'osd.1', isUrgent: true });
    expect(plan?.reason).toBe('sdb, 40 % to fail within 14 days: the device itself says that it fails');
    expect(plan?.steps.map(stepText)).toEqual([
      'take osd.1 out, so that its data moves to others',
      'replace the disk sdb of node-1 (osd.1) by 2024-10-04',
    ]);
  });

  test('name the day by which a disk is to be replaced that will probably fail', () => {
    const replaceBy = { day: 20_009, from: 20_003, to: 20_020 };
    const state = storageState({ osds, disks: [osdDisk(1, { ...likely, replaceBy })] }, now);
    const [plan] = plansOf(state, { retireBy: 'osd-crush-reweight' });
    expect(plan?.isUrgent).toBe(false);
    expect(plan?.steps.map(stepText)).toEqual([
      'set the CRUSH weight of osd.1 to 0, so that its data moves to others',
      'replace the disk sdb of node-1 (osd.1) by 2024-10-13',
    ]);
  });

  test('know disks of machines that no OSD has, each disk once', () => {
    const sameDisk = nodeDisk('10.0.0.2', { device: 'sdb', readSeconds: now, outlook: { ...failing, serial: 'S1' } });
    const other = nodeDisk('node-7', { device: 'nvme0n1', readSeconds: now, outlook: { ...failing, serial: 'X9' } });
    const plans = plansOf(storageState({ osds, disks: [osdDisk(1, failing)] }, now), {}, [sameDisk, other]);
    expect(plans.map(({ id }) => id)).toEqual([
      '6b1f3b2a-osd-1-retire',
      expect.stringMatching(/^disk-x9-replace-[0-9a-f]{8}$/),
    ]);
    expect(plans[1]?.steps).toEqual([
      { kind: 'replace-disk', node: 'node-7', device: 'nvme0n1', osd: undefined, byDay: 20_000 },
    ]);
  });

  test('do not come and go with a chance that is near the threshold', () => {
    const at = (p14: number) => storageState({ osds, disks: [osdDisk(1, { p14 })] }, now);
    expect(plansOf(at(0.19))).toEqual([]);
    const first = plansOf(at(0.21));
    const again = plansOf(at(0.12), { previous: byId(first) });
    expect(again.map(({ id }) => id)).toEqual(first.map(({ id }) => id));
    expect(plansOf(at(0.09), { previous: byId(again) })).toEqual([]);
  });

  test('are not made from readings that are too old', () => {
    const state = storageState({ osds, disks: [osdDisk(1, failing)] }, now);
    expect(plansOf(state, { nowSeconds: now + 301 })).toEqual([]);
    const old = storageState({ osds, disks: [{ ...osdDisk(1, failing), readSeconds: now - 2 * day }] }, now);
    expect(plansOf(old)).toEqual([]);
    expect(plansOf(undefined, {}, [nodeDisk('node-1', { readSeconds: now - 2 * day, outlook: failing })])).toEqual([]);
  });
});

describe('plans for pools', () => {
  const growing = poolOutlook('rbd', {
    usedShare: 0.7,
    growthBytesPerDay: 0.02 * TB,
    nearFull: { p10: now + 60 * day, p50: now + 90 * day, p90: now + 140 * day },
  });

  test('say how many terabytes and disks to add, and by when', () => {
    const [plan] = plansOf(storageState({ osds, pools: [growing] }, now));
    expect(plan?.id).toBe('6b1f3b2a-pool-rbd-grow');
    expect(plan?.reason).toBe('70 % full, grows by 20 GB a day: near full from 2024-12-03 on (median 2025-01-02)');
    // 20 GB a day in three replicas for half a year are 10.8 TB, of which disks of 4 TB hold 3.4 each.
    expect(plan?.steps.map(stepText)).toEqual([
      'add 16 TB (4 hdd disks of 4 TB) for the pool rbd, ordered by 2024-11-03, in place by 2024-12-03',
    ]);
  });

  test('keep their dates and sizes while the forecast moves a little', () => {
    const first = plansOf(storageState({ osds, pools: [growing] }, now));
    const moved = { ...growing, nearFull: { p10: now + 63 * day, p50: now + 95 * day, p90: now + 150 * day } };
    const [plan] = plansOf(storageState({ osds, pools: [moved] }, now), { previous: byId(first) });
    expect(plan?.steps).toEqual(first[0]?.steps);
    const sooner = { ...growing, nearFull: { p10: now + 40 * day, p50: now + 60 * day, p90: now + 90 * day } };
    const [other] = plansOf(storageState({ osds, pools: [sooner] }, now), { previous: byId(first) });
    expect(other?.steps).not.toEqual(first[0]?.steps);
  });

  test('move volumes off a pool that cannot keep up, to a quiet one on other disks', () => {
    const busy = { saturation: { now: 0.95, steps: Float64Array.of(0.95, 0.97, 0.5) } };
    const quiet = poolOutlook('spare', { reading: { osds: [3, 4, 5] } });
    const load = { ...quiet.load, ...busy };
    const same = poolOutlook('beside', { reading: { osds: [2, 3] } });
    const files = poolOutlook('files', { reading: { osds: [6, 7], application: 'cephfs' } });
    const state = storageState({ osds, pools: [poolOutlook('hot', { load }), quiet, same, files] }, now);
    expect(plansOf(state).map(({ id, steps }) => [id, steps])).toEqual([
      ['6b1f3b2a-pool-hot-unload', [{ kind: 'move-volumes', pool: 'hot', to: 'spare' }]],
    ]);
  });
});

describe('plans for OSDs that are too full', () => {
  test('lower the weight of one that fills long before the others, a little at once', () => {
    const full = osdOutlook(1, { usedBytes: 3.4 * TB });
    const [plan] = plansOf(storageState({ osds: [osdOutlook(0), full, osdOutlook(2)] }, now));
    expect(plan).toMatchObject({ id: '6b1f3b2a-osd-1-relieve', isUrgent: true });
    expect(plan?.steps).toEqual([{ kind: 'osd-reweight', osd: 1, weight: 0.95 }]);
  });

  test('leave it alone when all are as full, and when it is retired anyway', () => {
    const all = [0, 1, 2].map((id) => osdOutlook(id, { usedBytes: 3.4 * TB }));
    expect(plansOf(storageState({ osds: all }, now))).toEqual([]);
    const one = [osdOutlook(0), osdOutlook(1, { usedBytes: 3.4 * TB }), osdOutlook(2)];
    const plans = plansOf(storageState({ osds: one, disks: [osdDisk(1, failing)] }, now));
    expect(plans.map(({ id }) => id)).toEqual(['6b1f3b2a-osd-1-retire']);
  });
});

describe('what is planned', () => {
  const states = fc
    .array(
      fc.record({
        p14: fc.double({ min: 0, max: 1, noNaN: true }),
        isFailing: fc.boolean(),
        used: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      {
        minLength: 1,
        maxLength: 8,
      },
    )
    .map((rows) =>
      storageState(
        {
          osds: rows.map(({ used }, id) => osdOutlook(id, { usedBytes: used * 4 * TB })),
          disks: rows.map(({ p14, isFailing }, id) => osdDisk(id, { p14, isFailing })),
        },
        now,
      ),
    );

  test('is the same for the same knowledge, once for each subject, and stays when nothing changes', () => {
    fc.assert(
      fc.property(states, (state) => {
        const plans = plansOf(state);
        expect(plansOf(state)).toEqual(plans);
        expect(new Set(plans.map(({ subject }) => subject)).size).toBe(plans.length);
        for (const { id } of plans) expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
        const again = plansOf(state, { previous: byId(plans) });
        expect(again).toEqual(expect.arrayContaining(plans));
      }),
    );
  });

  test('is taken back only by those who can see', () => {
    const [plan] = plansOf(storageState({ osds, disks: [osdDisk(1, failing)] }, now));
    if (plan === undefined) expect.fail('a plan');
    const judged = (state: StorageState | undefined, nodeDisks: readonly NodeDisk[] = []) =>
      isJudged(plan, state, nodeDisks, options);
    expect(judged(undefined)).toBe(false);
    expect(judged(storageState({ osds }, now - 1000))).toBe(false);
    // The cluster is read, its disks are not.
    expect(judged(storageState({ osds }, now))).toBe(false);
    expect(judged(storageState({ osds, disks: [osdDisk(1)] }, now))).toBe(true);
    expect(judged(storageState({ osds: [osdOutlook(0)] }, now))).toBe(true);
  });
});
