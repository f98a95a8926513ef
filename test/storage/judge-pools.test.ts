import { describe, expect, test } from 'vitest';
import { parseObjective } from '../../src/core/objective.ts';
import { judgePools, type PoolVerdict } from '../../src/storage/score/judge-pools.ts';
import type { PoolRequest } from '../../src/storage/score/pool-request.ts';
import { gibibyte } from '../support/ceph-readings.ts';
import { judgeOptions, loaded, nearlyFull, quiet, type SmallPool, slowed, small, stateOf } from './small-ceph.ts';

function judged(
  pools: Readonly<Record<string, SmallPool>>,
  request: PoolRequest = small,
  options: Partial<typeof judgeOptions> = {},
): Record<string, PoolVerdict> {
  const state = stateOf(pools);
  const all = state.clusters.flatMap((cluster) => cluster.pools);
  const verdicts = judgePools(all, state, request, { ...judgeOptions, ...options });
  return Object.fromEntries(verdicts.map((verdict) => [verdict.pool.name, verdict]));
}

function scoreOf(verdict: PoolVerdict | undefined): number {
  return verdict?.kind === 'fits' ? verdict.score : -1;
}

function reasonsOf(verdict: PoolVerdict | undefined): readonly string[] {
  return verdict?.kind === 'refused' ? verdict.refused.map(({ reason }) => reason) : [];
}

describe('the score of a pool', () => {
  test('is clearly higher for a quiet pool than for a loaded or a slowed one', () => {
    const { calm, busy, slow } = judged({ calm: quiet, busy: loaded, slow: slowed });
    expect(scoreOf(calm)).toBeGreaterThan(7);
    expect(scoreOf(busy)).toBeLessThan(scoreOf(calm) - 2);
    expect(scoreOf(slow)).toBeLessThan(scoreOf(calm) - 2);
  });

  test('follows the load when it moves', () => {
    const { one, other } = judged({ one: loaded, other: quiet });
    expect(scoreOf(other)).toBeGreaterThan(scoreOf(one));
  });

  test('says in words, for each part, what it counts', () => {
    const { calm } = judged({ calm: quiet });
    const parts = calm?.kind === 'fits' ? calm.parts : [];
    expect(parts.map(({ part }) => part)).toEqual(['quiet', 'latency', 'room', 'health']);
    expect(parts.map(({ text }) => text).join('\n')).toMatch(
      /^0.5 % of what it can do is used now.*\n2\S* ms latency expected\n73 GiB left after it, near full: not in sight\nits worst disk fails/,
    );
  });

  test('is the same for the same state', () => {
    expect(judged({ calm: quiet, busy: loaded })).toEqual(judged({ calm: quiet, busy: loaded }));
  });
});

describe('a pool is refused', () => {
  test.each<[string, SmallPool, string]>([
    ['whose room until near full is too small', nearlyFull, 'no-room'],
    ['whose fullest OSD is near full', { ...quiet, osd: { usedBytes: 86 * gibibyte } }, 'near-full'],
    ['whose fullest OSD is full', { ...quiet, osd: { usedBytes: 96 * gibibyte } }, 'full'],
    ['whose quota is used up', { ...quiet, pool: { quotaBytes: gibibyte } }, 'quota'],
    ['whose quota has less left', { ...quiet, pool: { quotaBytes: 11 * gibibyte } }, 'no-room'],
    ['whose disk is dying', { ...quiet, isDying: true }, 'failing-disks'],
    ['whose OSD is down', { ...quiet, osd: { up: false } }, 'too-few-osds'],
    ['whose OSD is out', { ...quiet, osd: { in: false } }, 'too-few-osds'],
  ])('%s', (_, pool, reason) => {
    const verdicts = judged({ bad: pool, good: quiet });
    expect(reasonsOf(verdicts.bad)).toContain(reason);
    expect(verdicts.good?.kind).toBe('fits');
  });

  test('that would miss the latency that is asked for', () => {
    const latency = parseObjective('latency', 'p99 < 50ms').latency;
    const { calm, slow } = judged({ calm: quiet, slow: slowed }, { ...small, latency });
    expect(calm?.kind).toBe('fits');
    expect(reasonsOf(slow)).toEqual(['latency']);
  });

  test('of whose cluster nothing was read for too long', () => {
    const { calm } = judged({ calm: quiet }, small, { nowSeconds: judgeOptions.nowSeconds + 301 });
    expect(reasonsOf(calm)).toEqual(['stale']);
    const { calm: ahead } = judged({ calm: quiet }, small, { nowSeconds: judgeOptions.nowSeconds - 301 });
    expect(reasonsOf(ahead)).toEqual(['stale']);
  });

  test('whose room was promised to others a moment ago', () => {
    const promised = () => ({ bytes: 74 * gibibyte, claims: 3 });
    const { calm } = judged({ calm: quiet }, small, { promised });
    expect(calm?.kind === 'refused' && calm.refused[0]?.text).toMatch(
      /75 GiB are left until it is near full, 74 GiB of it promised, 2 GiB are asked for/,
    );
  });

  test('never for load alone', () => {
    const { busy } = judged({ busy: { load: [5000, 0.9] } });
    expect(busy?.kind).toBe('fits');
  });
});
