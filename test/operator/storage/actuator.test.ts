import { describe, expect, test } from 'vitest';
import { Actuator } from '../../../src/operator/storage/actuator.ts';
import type { CephCommand } from '../../../src/operator/storage/ceph-command.ts';
import { type StepStatus, stepsIn } from '../../../src/operator/storage/plan-status.ts';
import { settleSeconds } from '../../../src/operator/storage/settled.ts';
import type { StoragePlan } from '../../../src/storage/plan/storage-plan.ts';

const now = 1_780_000_000;
const plan: StoragePlan = {
  id: 'f-osd-1-retire',
  cluster: 'f',
  subject: 'osd.1',
  reason: 'it fails',
  isUrgent: true,
  steps: [{ kind: 'osd-out', osd: 1 }],
};

interface Told {
  readonly isOut: boolean;
  /** By `ceph status`, which is older than the rest. */
  readonly status: string;
  /** By `ceph pg dump pgs_brief`. */
  readonly groups: readonly {
    readonly state: string;
    readonly up: readonly number[];
    readonly acting: readonly number[];
  }[];
}

const clean = 'active+clean';
const moved = { state: clean, up: [0, 2], acting: [0, 2] };
const untold = { state: clean, up: [0, 1], acting: [0, 1] };
const moving = { state: 'active+remapped+backfilling', up: [0, 2], acting: [0, 1] };

/** What commands of a Ceph with three OSDs and one placement group answer. */
function ceph({ isOut, status, groups }: Told): CephCommand {
  const ids = [0, 1, 2];
  const answers: Readonly<Record<string, unknown>> = {
    status: {
      fsid: 'f',
      health: { status: 'HEALTH_OK', checks: {} },
      pgmap: { num_pgs: 1, pgs_by_state: [{ state_name: status, count: 1 }] },
    },
    'osd dump': {
      flags: '',
      nearfull_ratio: 0.85,
      osds: ids.map((osd) => ({ osd, up: 1, in: isOut && osd === 1 ? 0 : 1, weight: isOut && osd === 1 ? 0 : 1 })),
      pools: [{ pool_name: 'rbd', size: 2, min_size: 1, crush_rule: 0 }],
    },
    // The manager forgets what an OSD that is out holds.
    'osd df': {
      nodes: ids.map((id) => ({ id, crush_weight: 1, kb: 1e9, kb_used: 1e6, pgs: isOut && id === 1 ? 0 : 1 })),
    },
    'osd tree': {
      nodes: [{ id: -1, name: 'default', type: 'root', children: ids }, ...ids.map((id) => ({ id, type: 'osd' }))],
    },
    'osd crush rule dump': [
      {
        rule_id: 0,
        steps: [
          { op: 'take', item_name: 'default' },
          { op: 'chooseleaf_firstn', type: 'osd' },
        ],
      },
    ],
    'pg dump pgs_brief': { pg_ready: true, pg_stats: groups },
  };
  return { read: async (words) => answers[words.join(' ')], change: async () => '' };
}

async function look(before: StepStatus, told: Told, seconds: number, isUnderWay = true): Promise<StepStatus> {
  const actuator = new Actuator({ ceph: ceph(told), mayChange: true, nowSeconds: now + seconds, isUnderWay });
  const [after] = (await actuator.advance(plan, [before], true)).steps;
  return after ?? before;
}

const begun: StepStatus = { action: 'osd-out', phase: 'Running', reason: 'Started', message: '' };
const done: Told = { isOut: true, status: clean, groups: [moved] };

describe('an OSD that was taken out', () => {
  test('is not done while the status still tells its groups as clean and they have not moved', async () => {
    for (const groups of [[untold], [moving]]) {
      const after = await look(begun, { isOut: true, status: clean, groups }, settleSeconds);
      expect(after).toMatchObject({ phase: 'Running', reason: 'DataMoves' });
      expect(after.cleanSince).toBeUndefined();
    }
  });

  test('is not done while the manager knows of the move and the status of nothing', async () => {
    const after = await look(begun, { ...done, status: 'active+remapped+backfilling' }, 0);
    expect(after.cleanSince).toBeUndefined();
  });

  test('is done after two clean looks that are apart, by whoever makes the second', async () => {
    const first = await look(begun, done, 0);
    expect(first).toMatchObject({ phase: 'Running', cleanSince: '2026-05-28T20:26:40Z' });
    const plain: object = JSON.parse(JSON.stringify({ steps: [first] }));
    const [held] = stepsIn(plan, { ...plain });
    expect(held).toEqual(first);
    expect(await look(first, done, settleSeconds - 1)).toEqual(first);
    expect(await look(first, done, settleSeconds)).toEqual({
      action: 'osd-out',
      phase: 'Done',
      reason: '',
      message: 'ceph osd out 1',
    });
  });

  test('begins anew when a look between is not clean', async () => {
    const first = await look(begun, done, 0);
    const between = await look(first, { isOut: true, status: clean, groups: [moving] }, 10);
    expect(between.cleanSince).toBeUndefined();
    expect((await look(between, done, settleSeconds)).phase).toBe('Running');
  });

  test('begins anew when the clock was set back or the date cannot be read', async () => {
    const first = await look(begun, done, 3600);
    const second = await look(first, done, 0);
    expect(second.cleanSince).toBe('2026-05-28T20:26:40Z');
    expect((await look(second, done, settleSeconds)).phase).toBe('Done');
    expect(await look({ ...begun, cleanSince: 'soon' }, done, 0)).toEqual(second);
  });
});

test('no step is begun while one of another plan is under way, however clean the cluster looks', async () => {
  const before: StepStatus = { action: 'osd-out', phase: 'Proposed', reason: '', message: '' };
  const healthy: Told = { isOut: false, status: clean, groups: [untold] };
  expect(await look(before, healthy, 0)).toMatchObject({ phase: 'Blocked', reason: 'NotClean' });
  expect(await look(before, healthy, 0, false)).toMatchObject({ phase: 'Starting' });
});
