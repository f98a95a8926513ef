import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DecayingBuckets } from '../../src/simulate/peers/decaying-buckets.ts';
import { LargestWindow } from '../../src/simulate/peers/largest-window.ts';
import { largest, nearestRank } from '../../src/simulate/peers/nearest-rank.ts';
import { SlidingWindow } from '../../src/simulate/peers/sliding-window.ts';
import { SortedWindow } from '../../src/simulate/peers/sorted-window.ts';

const value = fc.oneof(fc.constant(Number.NaN), fc.integer({ min: 0, max: 30 }));
const values = fc.array(value, { maxLength: 120 });
const size = fc.integer({ min: 1, max: 40 });

/** What the last so many of some values hold, in the plainest way. */
function lastOf(all: readonly number[], count: number): number[] {
  return all.slice(Math.max(0, all.length - count)).filter((one) => !Number.isNaN(one));
}

function plainQuantile(of: readonly number[], share: number): number {
  const sorted = of.toSorted((a, b) => a - b);
  return sorted[Math.max(Math.ceil(share * sorted.length) - 1, 0)] ?? Number.NaN;
}

describe('windows over the last steps say what a plain sort of them says', () => {
  test('sorted, whenever it is asked', () => {
    fc.assert(
      fc.property(
        values,
        fc.oneof(size, fc.constant(Number.POSITIVE_INFINITY)),
        fc.integer({ min: 1, max: 9 }),
        (all, last, every) => {
          const window = new SortedWindow(last);
          for (const [i, one] of all.entries()) {
            window.push(one);
            if (i % every !== 0) continue;
            const plain = lastOf(all.slice(0, i + 1), Math.min(last, all.length));
            expect(window.count).toBe(plain.length);
            for (const share of [0, 0.5, 0.95, 1]) expect(window.quantile(share)).toBe(plainQuantile(plain, share));
          }
        },
      ),
    );
  });

  test('the largest', () => {
    fc.assert(
      fc.property(values, size, (all, last) => {
        const window = new LargestWindow(last);
        for (const [i, one] of all.entries()) {
          window.push(one);
          const plain = lastOf(all.slice(0, i + 1), last);
          expect(window.largest).toBe(plain.length === 0 ? Number.NaN : Math.max(...plain));
          expect(window.isEmpty).toBe(plain.length === 0);
        }
      }),
    );
  });

  test('in their order, from some steps ago to others', () => {
    fc.assert(
      fc.property(values, size, fc.nat(40), fc.nat(40), (all, last, a, b) => {
        const [from, to] = [Math.min(last, Math.max(a, b)), Math.min(last, Math.min(a, b))];
        const window = new SlidingWindow(last);
        for (const one of all) window.push(one);
        const into = new Float64Array(last);
        const count = window.copy(from, to, into);
        const end = Math.max(0, all.length - to);
        const plain = all.slice(Math.max(0, all.length - from), end).filter((one) => !Number.isNaN(one));
        expect([...into.subarray(0, count)]).toEqual(plain);
      }),
    );
  });
});

describe('selection', () => {
  test('finds the value at a rank, and the largest', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 50 })),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (all, share) => {
          const array = Float64Array.from([...all, 99]);
          expect(largest(array, all.length)).toBe(all.length === 0 ? Number.NaN : Math.max(...all));
          expect(nearestRank(array, all.length, share)).toBe(plainQuantile(all, share));
        },
      ),
    );
  });
});

describe('decaying buckets', () => {
  const options = { first: 10, growth: 1.05, top: 1e6, halfLifeSeconds: 3600 };

  test('a quantile is the end of the bucket that holds it: at most a step above the value', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 9e5, noNaN: true }), (one) => {
        const buckets = new DecayingBuckets(options);
        buckets.add(0, one);
        const quantile = buckets.quantile(0.95);
        expect(quantile).toBeGreaterThanOrEqual(one * (1 - 1e-9));
        expect(quantile).toBeLessThanOrEqual(one * 1.05 + 10.001);
      }),
    );
  });

  test('what is old weighs nothing, also when weights were scaled down in between', () => {
    const buckets = new DecayingBuckets(options);
    for (let k = 0; k < 1000; k += 1) buckets.add(k * 300, 5000);
    for (let k = 1000; k < 3000; k += 1) buckets.add(k * 300, 100);
    expect(buckets.quantile(0.99)).toBeLessThan(120);
  });

  test('before the first sample there is no quantile', () => {
    const buckets = new DecayingBuckets(options);
    buckets.add(0, Number.NaN);
    expect(buckets.quantile(0.5)).toBeNaN();
  });
});
