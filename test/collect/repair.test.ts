import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addRepairs, counterToRate, gridTimes, noRepairs, toGrid } from '../../src/collect/repair.ts';
import { usageColumns } from '../../src/collect/usage-grid.ts';

const range = { startSeconds: 1000, endSeconds: 1000 + 10 * 60, stepSeconds: 60 };
const sample = fc.tuple(fc.integer({ min: 900, max: 1700 }), fc.double());

describe('samples on a grid', () => {
  test('a sample belongs to the step whose end is next, the end included', () => {
    const counts = noRepairs();
    const grid = toGrid(
      [
        [1001, 1],
        [1060, 3],
        [1061, 5],
        [1600, 7],
        [1601, 9],
      ],
      range,
      'mean',
      counts,
    );
    expect([...grid]).toEqual([2, 5, ...Array(7).fill(Number.NaN), 7]);
    expect(counts.gaps).toBe(7);
  });

  test('times are the ends of steps', () => {
    expect([...gridTimes(range)].slice(0, 2)).toEqual([1060, 1120]);
  });

  test('samples of the future are dropped and counted', () => {
    const counts = noRepairs();
    toGrid(
      [
        [1100, 1],
        [1200, 1],
      ],
      range,
      'mean',
      counts,
      1150,
    );
    expect(counts.future).toBe(1);
  });

  test('every value lies between the smallest and the largest usable sample of its step, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(sample), (samples) => {
        const counts = noRepairs();
        const usable = samples.filter(([, value]) => Number.isFinite(value) && value >= 0).map(([, value]) => value);
        for (const reduction of ['mean', 'max'] as const) {
          for (const value of toGrid(samples, range, reduction, counts)) {
            if (Number.isNaN(value)) continue;
            expect(value).toBeGreaterThanOrEqual(Math.min(...usable));
            expect(value).toBeLessThanOrEqual(Math.max(...usable) * (1 + 1e-9));
          }
        }
      }),
    );
  });

  test('the order of samples does not matter for a peak', () => {
    fc.assert(
      fc.property(fc.uniqueArray(sample, { selector: ([time]) => time }), (samples) => {
        const forward = toGrid(samples, range, 'max', noRepairs());
        expect(toGrid(samples.toReversed(), range, 'max', noRepairs())).toEqual(forward);
      }),
    );
  });

  test('a series is cut to the steps between its first and its last sample, and only holes within are gaps', () => {
    const counts = noRepairs();
    const columns = usageColumns(
      {
        cpuMillicores: [
          [1180, 1],
          [1360, 2],
        ],
        memoryBytes: [[1240, 5]],
      },
      range,
      counts,
      Number.POSITIVE_INFINITY,
    );
    expect([...(columns?.times ?? [])]).toEqual([1180, 1240, 1300, 1360]);
    expect([...(columns?.cpuMillicores ?? [])]).toEqual([1, Number.NaN, Number.NaN, 2]);
    expect(counts.gaps).toBe(5);
  });

  test('a series without a usable sample is none', () => {
    const nothing = { cpuMillicores: [[1180, Number.NaN]] as const, memoryBytes: [] };
    expect(usageColumns(nothing, range, noRepairs(), Number.POSITIVE_INFINITY)).toBeUndefined();
  });
});

describe('counters', () => {
  test('a counter that falls was reset: what it shows is what was counted since', () => {
    const counts = noRepairs();
    expect(
      counterToRate(
        [
          [0, 100],
          [10, 110],
          [20, 5],
          [30, 15],
        ],
        counts,
      ),
    ).toEqual([
      [10, 1],
      [20, 0.5],
      [30, 1],
    ]);
    expect(counts.resets).toBe(1);
  });

  test('duplicates, late samples and values that are not finite are left out and counted', () => {
    const counts = noRepairs();
    expect(
      counterToRate(
        [
          [0, 0],
          [10, 10],
          [10, 11],
          [5, 5],
          [15, Number.NaN],
          [20, 20],
        ],
        counts,
      ),
    ).toEqual([
      [10, 1],
      [20, 1],
    ]);
    expect(counts).toMatchObject({ duplicates: 1, outOfOrder: 1, nonFinite: 1 });
  });

  test('a rate is never negative, and counts add up', () => {
    const counter = fc.array(fc.tuple(fc.integer({ min: 0, max: 1000 }), fc.double({ min: 0, max: 1e6 })));
    fc.assert(
      fc.property(counter, (samples) => {
        const counts = noRepairs();
        for (const [, rate] of counterToRate(samples, counts)) expect(rate).toBeGreaterThanOrEqual(0);
        const total = noRepairs();
        addRepairs(total, counts);
        addRepairs(total, counts);
        expect(total.resets).toBe(2 * counts.resets);
      }),
    );
  });
});
