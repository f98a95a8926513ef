import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { replacementDate } from '../../../src/predict/disk/replacement.ts';

const calm = { p7: 0.0001, p14: 0.0002, p30: 0.0004 };

describe('the date of a replacement', () => {
  test('is when the risk taken is reached, between two horizons as between two points', () => {
    expect(replacementDate(1000, 0.1, { p7: 0.05, p14: 0.1, p30: 0.2 }, [])).toEqual({
      day: 1014,
      from: 1014,
      to: 1014,
    });
    expect(replacementDate(1000, 0.05, { p7: 0.05, p14: 0.1, p30: 0.2 }, [])?.day).toBe(1007);
  });

  test('goes on at the rate of the first 30 days', () => {
    const threeMonths = 1 - (1 - 0.01) ** 3 + 1e-9;
    expect(replacementDate(0, threeMonths, { p7: 0.002, p14: 0.004, p30: 0.01 }, [])?.day).toBe(90);
  });

  test('is tomorrow at the earliest and none when it is more than two years away', () => {
    expect(replacementDate(0, 0.05, { p7: 0.9, p14: 0.95, p30: 0.99 }, [])?.day).toBe(1);
    expect(replacementDate(0, 0.05, calm, [])).toBeUndefined();
    expect(replacementDate(0, 0.05, { p7: 0, p14: 0, p30: 0 }, [])).toBeUndefined();
  });

  test('lies within its interval, and comes later for more risk', () => {
    const probability = fc.double({ min: 1e-6, max: 0.9, noNaN: true });
    const risk = fc.double({ min: 0.001, max: 0.5, noNaN: true });
    const nested = (p30: number) => ({ p7: p30 / 5, p14: p30 / 2, p30 });
    fc.assert(
      fc.property(probability, probability, probability, risk, risk, (guess, low, high, one, other) => {
        const at = (of: number) => replacementDate(0, of, nested(guess), [nested(low), nested(high)]);
        const date = at(Math.min(one, other));
        if (date === undefined) return;
        expect(date.from).toBeLessThanOrEqual(date.day);
        expect(date.to).toBeGreaterThanOrEqual(date.day);
        expect(at(Math.max(one, other))?.day ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(date.day);
      }),
    );
  });
});
