import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binColumns, binOf } from '../../../src/predict/disk/bins.ts';
import { boostBags } from '../../../src/predict/disk/boost.ts';
import { seededRandom } from '../../../src/predict/disk/random.ts';
import { sumOfTrees } from '../../../src/predict/disk/tree.ts';

const random = seededRandom(5);
const rows = 600;
// Bags of three rows; one is bad when any row of it has a first value above 4, or (seldom) by chance. The second value is noise, often missing.
const first = Float32Array.from({ length: rows }, () => Math.floor(6 * random()));
const second = Float32Array.from({ length: rows }, () => (random() < 0.3 ? Number.NaN : Math.floor(10 * random())));
const bags = Array.from({ length: rows / 3 }, (_, i) => {
  const isFailed = [0, 1, 2].some((at) => (first[3 * i + at] ?? 0) > 4) !== random() < 0.05;
  return { start: 3 * i, end: 3 * i + 3, isFailed };
});
const trees = boostBags(binColumns([first, second]), bags, {
  rounds: 60,
  leaves: 6,
  learningRate: 0.2,
  ridge: 1,
  leastHessian: 0.5,
  featureShare: 1,
  random,
});

describe('boosted trees', () => {
  test('find the row that makes a bag bad', () => {
    const [low, high] = [sumOfTrees(trees, Float64Array.of(4, 3)), sumOfTrees(trees, Float64Array.of(5, 3))];
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(0);
  });

  test('never say less when a value is higher', () => {
    const value = fc.integer({ min: -1, max: 12 });
    fc.assert(
      fc.property(value, value, value, value, (a, b, up, more) => {
        const before = sumOfTrees(trees, Float64Array.of(a, b));
        const after = sumOfTrees(trees, Float64Array.of(a + Math.abs(up), b + Math.abs(more)));
        expect(after).toBeGreaterThanOrEqual(before - 1e-12);
      }),
    );
  });

  test('have an answer where a value is missing', () => {
    expect(sumOfTrees(trees, Float64Array.of(5, Number.NaN))).toBeGreaterThan(0);
    expect(sumOfTrees([], Float64Array.of(1))).toBe(0);
  });
});

test('bins keep the order of values, and missing ones apart', () => {
  const values = fc.array(fc.oneof(fc.integer({ min: 0, max: 1e6 }), fc.constant(Number.NaN)), {
    minLength: 1,
    maxLength: 300,
  });
  fc.assert(
    fc.property(values, (of) => {
      const column = Float32Array.from(of);
      const { columns, edges } = binColumns([column]);
      for (const [i, a] of column.entries()) {
        const bin = columns[0]?.[i] ?? -1;
        expect(bin === 0).toBe(Number.isNaN(a));
        expect(bin).toBeLessThan(64);
        expect(binOf(a, edges[0] ?? new Float64Array())).toBe(bin);
        for (const [j, b] of column.entries()) if (a < b) expect(bin).toBeLessThanOrEqual(columns[0]?.[j] ?? -1);
      }
    }),
    { numRuns: 30 },
  );
});
