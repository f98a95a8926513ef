import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pooled, poolingLevels, quantileOf } from '../../src/predict/pooled.ts';
import { periodOf, ReturnPeriods, valueAt } from '../../src/predict/return-periods.ts';

const day = 86_400;
const distribution = { levels: poolingLevels, values: poolingLevels.map((_, i) => 100 + 10 * i) };
const highest = 240;

describe('the period of a value', () => {
  test('is one over the risk at each level', () => {
    for (const [i, level] of poolingLevels.entries()) {
      if (level < 1) expect(periodOf(distribution, distribution.values[i] ?? 0)).toBeCloseTo(1 / (1 - level), 6);
    }
  });

  test('grows beyond the highest value, up to a quarter above it', () => {
    expect(periodOf(distribution, highest)).toBeCloseTo(1e4, 6);
    expect(periodOf(distribution, highest * 1.1)).toBeCloseTo(1e4 * 1.1 ** 5, 6);
    expect(periodOf(distribution, highest * 9)).toBe(periodOf(distribution, highest * 1.25));
    expect(valueAt(distribution, Number.MAX_VALUE)).toBe(highest * 1.25);
  });

  test('leads back to the value', () => {
    fc.assert(
      fc.property(fc.double({ min: 101, max: highest * 1.25, noNaN: true }), (value) => {
        // Between the last level and 1 periods end at 10,000, so that part is read a little low.
        const back = valueAt(distribution, periodOf(distribution, value));
        expect(Math.abs(back - value)).toBeLessThan(value > 230 && value <= highest ? 2.1 : 1e-6 * value);
      }),
    );
  });

  test('does not fall with the value, even in a distribution of few different values', () => {
    const any = fc.array(fc.constantFrom(0, 0, 1, 1, 5, 80), { minLength: 15, maxLength: 15 });
    fc.assert(
      fc.property(
        any,
        fc.double({ min: 0, max: 200, noNaN: true }),
        fc.double({ min: 0, max: 50, noNaN: true }),
        (v, value, more) => {
          const of = { levels: poolingLevels, values: Float64Array.from(v).sort() };
          const period = periodOf(of, value);
          expect(period).toBeGreaterThanOrEqual(1);
          expect(Number.isFinite(period)).toBe(true);
          expect(periodOf(of, value + more)).toBeGreaterThanOrEqual(period * (1 - 1e-9));
        },
      ),
    );
  });

  test('what an allowance covers is not beyond the highest value', () => {
    expect(periodOf(distribution, highest * 1.9, 2)).toBeCloseTo(1e4, 6);
    expect(periodOf(distribution, highest * 2.2, 2)).toBeCloseTo(1e4 * 1.1 ** 5, 6);
    expect(periodOf(distribution, 150, 2)).toBe(periodOf(distribution, 150));
  });
});

describe('return periods', () => {
  test('a forecast is taken at its word while nothing was measured', () => {
    for (const risk of [0.001, 0.01, 0.2, 0.5]) {
      expect(new ReturnPeriods(day, 0.3).periodFor(risk, 0) * risk).toBeCloseTo(1, 6);
    }
  });

  test('a forecast that keeps its word is left as it is, within what buckets and chance allow', () => {
    const periods = new ReturnPeriods(7 * day, 0.3);
    // A low-discrepancy sequence: risks spread evenly over 0–1.
    for (let i = 1; i <= 4000; i += 1) periods.add(i * 300, 1 / ((i * 0.618_033_988_75) % 1));
    for (const risk of [0.005, 0.01, 0.05, 0.2, 0.5]) {
      expect(periods.periodFor(risk, 4000 * 300) * risk).toBeGreaterThan(0.8);
      expect(periods.periodFor(risk, 4000 * 300) * risk).toBeLessThan(1.3);
    }
  });

  test('one that promises too little is asked for more, one that promises too much for less', () => {
    const [low, high] = [new ReturnPeriods(7 * day, 0.3), new ReturnPeriods(7 * day, 0.3)];
    for (let i = 1; i <= 4000; i += 1) {
      const even = 1 / ((i * 0.618_033_988_75) % 1);
      low.add(i * 300, even ** 1.5);
      high.add(i * 300, Math.max(1, even / 4));
    }
    expect(low.periodFor(0.01, 4000 * 300)).toBeGreaterThan(600);
    expect(high.periodFor(0.01, 4000 * 300)).toBeLessThan(40);
  });

  test('exceedances outweigh the forecast’s word as documented', () => {
    for (const [word, exceedances, measured, isOutweighed] of [
      [0.3, 1, 600, true],
      [0.3, 1, 800, false],
      [0.3, 2, 1600, true],
      [0.3, 2, 1800, false],
      [3, 4, 950, true],
      [3, 3, 950, false],
    ] as const) {
      const periods = new ReturnPeriods(1e9, word);
      for (let i = 1; i <= measured - exceedances; i += 1) periods.add(i, 2);
      for (let i = 0; i < exceedances; i += 1) periods.add(measured, 30_000);
      expect(periods.periodFor(0.001, measured) > 20_000).toBe(isOutweighed);
    }
  });

  test('what was measured is half forgotten after a half-life', () => {
    const periods = new ReturnPeriods(day, 0.3);
    for (let i = 0; i < 100; i += 1) periods.add(i, 30_000);
    const keep = (fromDay: number, toDay: number): void => {
      for (let i = fromDay * 288; i < toDay * 288; i += 1) periods.add(i * 300, 2);
    };
    keep(0, 2);
    expect(periods.periodFor(0.01, 2 * day)).toBeGreaterThan(20_000);
    keep(2, 10);
    expect(periods.periodFor(0.01, 10 * day)).toBeLessThan(100);
  });

  test('a replaced measurement is as if it had been the rarer one from the start', () => {
    const [replaced, direct] = [new ReturnPeriods(day, 0.3), new ReturnPeriods(day, 0.3)];
    replaced.add(day, 3);
    replaced.replace(day, 3, 500);
    direct.add(day, 500);
    for (const risk of [0.001, 0.1, 0.5]) {
      expect(replaced.periodFor(risk, day)).toBeCloseTo(direct.periodFor(risk, day), 9);
    }
  });

  test('the period asked for is finite and at least 1, whatever was measured', () => {
    const period = fc.double({ min: 1, max: 3e4, noNaN: true });
    fc.assert(
      fc.property(fc.array(period, { maxLength: 300 }), (measured) => {
        const periods = new ReturnPeriods(day, 0.3);
        for (const [i, one] of measured.entries()) periods.add(i * 300, one);
        for (const risk of [0.0005, 0.01, 0.5]) {
          const found = periods.periodFor(risk, 300 * 300);
          expect(found).toBeGreaterThanOrEqual(1);
          expect(found).toBeLessThan(5e4);
        }
      }),
    );
  });
});

describe('pooling', () => {
  test('steps that are all alike give the distribution of one', () => {
    const levels = Float64Array.of(0.5, 0.9, 1);
    const forecast = {
      startSeconds: 0,
      stepSeconds: 1,
      steps: 3,
      levels,
      values: Float64Array.of(1, 2, 3, 1, 2, 3, 1, 2, 3),
    };
    expect(pooled(forecast)).toEqual({ levels, values: Float64Array.of(1, 2, 3) });
  });

  test('a busy hour in a quiet day is as rare as it is long', () => {
    const levels = Float64Array.of(0.1, 0.5, 0.9, 0.95, 0.99, 1);
    const steps = 24;
    const values = Float64Array.from({ length: steps * 6 }, (_, i) => (i < 6 ? 1000 : 100) + (i % 6));
    const mixed = pooled({ startSeconds: 0, stepSeconds: 3600, steps, levels, values });
    expect(quantileOf(mixed, 0.9)).toBeLessThan(110);
    expect(quantileOf(mixed, 0.99)).toBeGreaterThan(1000);
    expect([...mixed.values]).toEqual([...mixed.values].toSorted((a, b) => a - b));
  });

  test('quantiles lie between the points', () => {
    const line = { levels: Float64Array.of(0.5, 1), values: Float64Array.of(10, 20) };
    expect([0, 0.5, 0.75, 1].map((level) => quantileOf(line, level))).toEqual([10, 10, 15, 20]);
  });
});
