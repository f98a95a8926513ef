import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { earlierOf, fillDates } from '../../../src/predict/capacity/fill-dates.ts';
import type { UsedHistory } from '../../../src/predict/capacity/used-history.ts';
import { seededRandom } from '../../../src/predict/disk/random.ts';

const day = 86_400;
const now = 100 * day;

/** One value a day, the newest now. */
function daily(used: readonly number[]): UsedHistory {
  const times = Float64Array.from(used, (_, i) => now - (used.length - 1 - i) * day);
  return { times, used: Float64Array.from(used) };
}

function ask(history: UsedHistory, capacity: number) {
  return fillDates(history, { capacity, nowSeconds: now, random: seededRandom(1) });
}

function daysUntil(seconds: number | undefined): number {
  return ((seconds ?? Number.POSITIVE_INFINITY) - now) / day;
}

const steady = Array.from({ length: 60 }, (_, i) => 100 + 10 * i);

describe('a fill date', () => {
  test('of what grows evenly is where the line meets the capacity, with an interval around it', () => {
    const dates = ask(daily(steady), 690 + 300);
    expect(Math.abs(daysUntil(dates?.p50) - 30)).toBeLessThanOrEqual(2);
    expect(daysUntil(dates?.p10)).toBeLessThanOrEqual(daysUntil(dates?.p50));
    expect(daysUntil(dates?.p90)).toBeLessThan(36);
  });

  test('is now for what is full already', () => {
    expect(ask(daily(steady), 600)).toEqual({ p10: now, p50: now, p90: now });
  });

  test('is not there without history', () => {
    expect(ask(daily([]), 10)).toBeUndefined();
    expect(ask(daily([1, 2, 3]), 10)).toBeUndefined();
    expect(ask(daily([Number.NaN, Number.NaN]), 10)).toBeUndefined();
  });

  test('of what does not grow is not in sight', () => {
    expect(ask(daily(new Array(60).fill(100)), 200)).toEqual({ p10: undefined, p50: undefined, p90: undefined });
    expect(ask(daily([...steady].reverse()), 2000)).toEqual({ p10: undefined, p50: undefined, p90: undefined });
  });

  test('does not move much for data that was deleted once', () => {
    const deleted = steady.map((value, i) => (i < 40 ? value : value - 350));
    const dates = ask(daily(deleted), (deleted.at(-1) ?? 0) + 300);
    expect(Math.abs(daysUntil(dates?.p50) - 30)).toBeLessThanOrEqual(5);
  });

  test('counts what is cleaned up again and again', () => {
    const weekly = Array.from({ length: 60 }, (_, i) => 100 + 10 * i - 65 * Math.floor(i / 7));
    const dates = ask(daily(weekly), (weekly.at(-1) ?? 0) + 100);
    expect(daysUntil(dates?.p50)).toBeGreaterThan(35);
  });

  test('is less sure where growth comes in few large steps', () => {
    const shipped = Array.from({ length: 60 }, (_, i) => 100 + 100 * Math.floor(i / 10));
    const spread = (used: readonly number[]): number => {
      const dates = ask(daily(used), (used.at(-1) ?? 0) + 200);
      return daysUntil(dates?.p90) - daysUntil(dates?.p10);
    };
    expect(spread(shipped)).toBeGreaterThan(2 * spread(steady));
  });

  test('is the same for the same numbers, ordered, and never before now', () => {
    const values = fc.array(fc.double({ min: 0, max: 1e15, noNaN: true }), { minLength: 2, maxLength: 80 });
    fc.assert(
      fc.property(values, fc.double({ min: 1, max: 1e16, noNaN: true }), (used, capacity) => {
        const dates = ask(daily(used), capacity);
        expect(ask(daily(used), capacity)).toEqual(dates);
        if (dates === undefined) return;
        const all = [dates.p10, dates.p50, dates.p90].map((date) => date ?? Number.POSITIVE_INFINITY);
        expect(all.toSorted((one, other) => one - other)).toEqual(all);
        expect(Math.min(...all)).toBeGreaterThanOrEqual(now);
      }),
      { numRuns: 60 },
    );
  });

  test('of several that end one another is the earliest of each quantile', () => {
    expect(earlierOf({ p10: 1, p50: 5, p90: undefined }, { p10: 2, p50: 3, p90: 9 })).toEqual({
      p10: 1,
      p50: 3,
      p90: 9,
    });
    expect(earlierOf(undefined, { p10: 2, p50: 3, p90: 9 })).toEqual({ p10: 2, p50: 3, p90: 9 });
  });
});
