import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fixed, larger, roundHalfToEven, thousandths } from '../../../src/simulate/numbers.ts';
import { intervalOf, resample } from '../../../src/simulate/replay/bootstrap.ts';
import { figuresOf } from '../../../src/simulate/replay/figures.ts';
import { defaultObjective, windowsOf } from '../../../src/simulate/replay/rules.ts';
import { type SumName, type Sums, sumNames } from '../../../src/simulate/replay/tally.ts';

function sumsOf(count: number, of: (name: SumName, i: number) => number): Sums {
  const columns = sumNames.map((name) => [name, Float64Array.from({ length: count }, (_, i) => of(name, i))]);
  return Object.fromEntries(columns) as Sums;
}

describe('figures', () => {
  test('without anything measured every figure is null, but for the share of containers over the promise', () => {
    const { seriesOverCpuObjective, ...rest } = figuresOf(
      sumsOf(2, () => 0),
      defaultObjective,
    );
    expect(seriesOverCpuObjective).toBe(0);
    expect(new Set(Object.values(rest))).toEqual(new Set([null]));
  });

  test('of some containers, each as often as it is picked', () => {
    const sums = sumsOf(3, (name, i) => (name === 'memUse' ? 10 : name === 'memReq' ? 10 * (i + 1) : 0));
    expect(figuresOf(sums, defaultObjective).memReqPerUse).toBe(2);
    expect(figuresOf(sums, defaultObjective, [2, 2, 0]).memReqPerUse).toBeCloseTo(7 / 3, 12);
  });

  test('the median of an even number lies halfway', () => {
    const sums = sumsOf(4, (name, i) => (name === 'cpuSlack' ? i : 10));
    expect(figuresOf(sums, defaultObjective).cpuSlackMedian).toBeCloseTo(0.15, 12);
  });
});

describe('intervals', () => {
  const sums = sumsOf(40, (name, i) => (name === 'memReq' ? 100 + ((i * 37) % 41) : name === 'oom' ? i % 3 : 50));

  test('hold the figure, and are narrower for more containers', () => {
    const four = sumsOf(160, (name, i) => sums[name][i % 40] ?? 0);
    const [few, many] = [sums, four].map((of) => intervalOf('memReqPerUse', resample(of, defaultObjective, 500)));
    const value = figuresOf(sums, defaultObjective).memReqPerUse ?? 0;
    expect(few?.low).toBeLessThan(value);
    expect(few?.high).toBeGreaterThan(value);
    expect((many?.high ?? 0) - (many?.low ?? 0)).toBeLessThan((few?.high ?? 0) - (few?.low ?? 0));
  });

  test('of the difference to itself are nothing, for the same fleets are drawn', () => {
    const [a, b] = [resample(sums, defaultObjective, 200), resample(sums, defaultObjective, 200)];
    expect(intervalOf('oomPer1000Days', a, b)).toEqual({ low: 0, high: 0 });
  });

  test('of a figure that is never defined there are none', () => {
    const none = sumsOf(3, () => 0);
    expect(intervalOf('memSlack', resample(none, defaultObjective, 50))).toBeUndefined();
  });
});

describe('numbers', () => {
  // Printed by Python: f"{x:.{digits}f}".
  test.each([
    [0.5, 0, '0'],
    [1.5, 0, '2'],
    [2.5, 0, '2'],
    [0.125, 2, '0.12'],
    [0.375, 2, '0.38'],
    [1.45, 1, '1.4'],
    [1.005, 2, '1.00'],
    [-2.5, 0, '-2'],
    [84.25, 1, '84.2'],
  ])('%d with %d digits is %s as in Python', (value, digits, text) => {
    expect(fixed(value, digits)).toBe(text);
  });

  test('halves go to the even number, all else to the nearest', () => {
    fc.assert(fc.property(fc.integer({ min: -1e6, max: 1e6 }), (whole) => roundHalfToEven(whole + 0.5) % 2 === 0));
    fc.assert(
      fc.property(
        fc.double({ min: -1e9, max: 1e9, noNaN: true }),
        (value) => Math.abs(roundHalfToEven(value) - value) <= 0.5,
      ),
    );
    expect(thousandths(1.0005)).toBe(1);
  });

  test('the larger of a number and nothing is the number', () => {
    expect([larger(1, Number.NaN), larger(Number.NaN, 2), larger(3, 2), larger(Number.NaN, Number.NaN)]).toEqual([
      1,
      2,
      3,
      Number.NaN,
    ]);
  });
});

describe('windows', () => {
  test('after a week, or after half of what is shorter', () => {
    const week = 7 * 86_400;
    expect(windowsOf(4032, 300, week).map(({ from, to }) => [from, to])).toEqual([
      [2016, 4032],
      [0, 288],
    ]);
    expect(windowsOf(1000, 300, week).map(({ from, to }) => [from, to])).toEqual([
      [500, 1000],
      [0, 288],
    ]);
  });
});
