import { describe, expect, test } from 'vitest';
import { guardsOf } from '../../../src/simulate/replay/guards.ts';
import { type SumName, type Sums, sumNames } from '../../../src/simulate/replay/tally.ts';

/** Sums of as many containers as the columns are long; 0 in those that are not given. */
function sumsOf(columns: Partial<Record<SumName, readonly number[]>>): Sums {
  const count = Object.values(columns)[0]?.length ?? 0;
  const all = sumNames.map((name) => [name, Float64Array.from(columns[name] ?? new Float64Array(count))]);
  return Object.fromEntries(all) as Record<SumName, Float64Array>;
}

describe('the guards of a replay', () => {
  test('are those of single containers, whatever their size', () => {
    const guards = guardsOf(
      sumsOf({
        memReq: [200, 8000, 10, 10, 10],
        memUse: [100, 1000, 5, 4, 0],
        cpuReq: [4, 1, 0, 0, 0],
        cpuUse: [1, 1, 0, 0, 0],
        oom: [3, 1, 0, 0, 40],
        days: [10, 10, 10, 10, 10],
        cpuOver: [0, 5, 0, 0, 0],
        cpuSteps: [100, 50, 0, 0, 0],
      }),
    );
    expect(guards.memReqPerUse).toBeCloseTo((2 * 8 * 2 * 2.5) ** (1 / 4), 9);
    expect(guards.cpuReqPerUse).toBeCloseTo(2, 9);
    expect(guards.worstOomPerDay).toBe(4);
    // The fifth uses least.
    expect(guards.largestOom).toBe(4);
    expect(guards.worstCpuExceeded).toBe(0.1);
  });

  test('say nothing of what nobody used', () => {
    expect(guardsOf(sumsOf({ memReq: [1], memUse: [0] }))).toMatchObject({ memReqPerUse: null, worstOomPerDay: 0 });
  });
});
