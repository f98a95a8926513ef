import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Forecaster, ForecasterKind, Horizon } from '../../src/predict/forecaster.ts';
import { flipped } from '../support/flipped.ts';

const start = 1_700_000_100;
const step = 300;
const levels = Float64Array.of(0.05, 0.5, 0.9, 0.99, 0.999, 1);

type Sample = readonly [timeSeconds: number, value: number, replica: string];

/** What every forecaster keeps, whatever it is fed. `unit` is a usual value of the series that it is made for. */
export function forecasterContract(kind: ForecasterKind, unit: number): void {
  const fed = (samples: Iterable<Sample>): Forecaster => {
    const forecaster = kind.create();
    for (const [time, value, replica] of samples) forecaster.update(time, value, replica);
    return forecaster;
  };
  const regular = (count: number, value: (i: number) => number): Sample[] =>
    Array.from({ length: count }, (_, i) => [start + (i + 1) * step, value(i), 'a'] as const);
  const horizonAfter = (samples: readonly Sample[], steps = 12): Horizon => ({
    startSeconds: samples.at(-1)?.[0] ?? start,
    stepSeconds: step,
    steps,
  });

  describe(`${kind.name} keeps the contract of a forecaster`, () => {
    test('it carries the name of its kind', () => {
      expect(kind.create().name).toBe(kind.name);
    });

    test('before the first sample it says nothing', () => {
      const empty = kind.create();
      expect(empty.predict(horizonAfter([]), levels)).toBeUndefined();
      expect(kind.restore(empty.save()).predict(horizonAfter([]), levels)).toBeUndefined();
    });

    test('after one sample it forecasts, and no lower than the sample at the highest level', () => {
      const forecast = fed([[start, unit, 'a']]).predict(horizonAfter([]), levels);
      expectSound(forecast, horizonAfter([]));
      expect(forecast?.values.at(-1)).toBeGreaterThanOrEqual(unit * 0.999);
    });

    test('a constant series is forecast near its value: the median within a bucket, no level below it', () => {
      const samples = regular(2016, () => unit);
      const forecast = fed(samples).predict(horizonAfter(samples), levels);
      expectSound(forecast, horizonAfter(samples));
      for (const [i, value] of (forecast?.values ?? []).entries()) {
        expect(value).toBeGreaterThan(unit * 0.97);
        if (levels[i % levels.length] === 0.5) expect(value).toBeLessThan(unit * 1.06);
      }
    });

    test('zeros are a series like others', () => {
      const samples = regular(600, () => 0);
      const forecast = fed(samples).predict(horizonAfter(samples), levels);
      expectSound(forecast, horizonAfter(samples));
      expect(forecast?.values[1]).toBeLessThan(unit / 10);
    });

    test('what cannot be used is left out, as if it had not come', () => {
      const samples = regular(400, (i) => unit * (1 + 0.3 * Math.sin(i / 40)));
      const bad = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, 2 ** 64];
      const soiled = samples.flatMap((sample, i): Sample[] => [[sample[0], bad[i % bad.length] ?? 0, 'a'], sample]);
      soiled.push([Number.NaN, unit, 'a'], [Number.POSITIVE_INFINITY, unit, 'a']);
      expect(fed(soiled).save()).toEqual(fed(samples).save());
    });

    test('a gap of hours or weeks leaves a sound forecast', () => {
      for (const gapSeconds of [5 * 3600, 40 * 86_400]) {
        const first = regular(300, (i) => unit * (1 + (i % 7) / 10));
        const samples = [...first, ...first.map(([t, v, r]) => [t + 300 * step + gapSeconds, v, r] as const)];
        const forecast = fed(samples).predict(horizonAfter(samples), levels);
        expectSound(forecast, horizonAfter(samples));
        expect(forecast?.values[1]).toBeLessThan(unit * 3);
      }
    });

    test('one sample stamped years ahead or behind does not outweigh the others', () => {
      for (const leap of [3 * 365 * 86_400, -3 * 365 * 86_400]) {
        const samples: Sample[] = [...regular(600, () => unit)];
        samples.push([start + leap, unit * 5, 'a']);
        samples.push(...regular(600, () => unit).map(([t, v, r]) => [t + 600 * step, v, r] as const));
        const forecast = fed(samples).predict(horizonAfter(samples), levels);
        expectSound(forecast, horizonAfter(samples));
        expect(forecast?.values[1]).toBeLessThan(unit * 1.5);
      }
    });

    test('after a clock was set back it goes on learning', () => {
      const ahead = regular(600, () => unit).map(([t, v, r]) => [t + 365 * 86_400, v, r] as const);
      const samples = [...ahead, ...regular(4032, () => unit * 4)];
      const forecast = fed(samples).predict(horizonAfter(samples), levels);
      expect(forecast?.values[2]).toBeGreaterThan(unit * 3);
    });

    test('quantiles do not fall with the level, and are finite and not negative, for any samples', () => {
      fc.assert(
        fc.property(anySamples(unit), fc.integer({ min: 1, max: 30 }), (samples, steps) => {
          const forecaster = fed(samples);
          const horizon = { startSeconds: start + 3 * 86_400, stepSeconds: 1800, steps };
          const forecast = forecaster.predict(horizon, levels);
          if (forecast !== undefined) expectSound(forecast, horizon);
        }),
        { numRuns: 60 },
      );
    });

    test('the same samples give the same state and the same forecast', () => {
      fc.assert(
        fc.property(anySamples(unit), (samples) => {
          const [one, other] = [fed(samples), fed(samples)];
          expect(other.save()).toEqual(one.save());
          expect(other.predict(horizonAfter([]), levels)).toEqual(one.predict(horizonAfter([]), levels));
        }),
        { numRuns: 30 },
      );
    });

    test('it comes back from its state and goes on as if nothing had happened', () => {
      fc.assert(
        fc.property(anySamples(unit), anySamples(unit), (before, later) => {
          const whole = fed(before);
          const restored = kind.restore(whole.save());
          for (const forecaster of [whole, restored]) for (const sample of later) forecaster.update(...sample);
          expect(restored.predict(horizonAfter([]), levels)).toEqual(whole.predict(horizonAfter([]), levels));
          expect(restored.save()).toEqual(whole.save());
        }),
        { numRuns: 40 },
      );
    });

    test('asking changes nothing', () => {
      const forecaster = fed(regular(100, (i) => unit + i));
      const before = forecaster.save();
      forecaster.predict({ startSeconds: start + 1e7, stepSeconds: 60, steps: 50 }, levels);
      expect(forecaster.save()).toEqual(before);
    });

    test('a state that is damaged, cut or of another kind is refused', () => {
      const state = fed(regular(50, () => unit)).save();
      const refused = expect.objectContaining({ code: 'OUTLOOK_INVALID' });
      expect(() => kind.restore(flipped(state, state.length - 5))).toThrow(refused);
      expect(() => kind.restore(state.subarray(0, state.length - 9))).toThrow(refused);
      expect(() => kind.restore(new Uint8Array(0))).toThrow(refused);
      const other = Buffer.from(state);
      other[14] = (other[14] ?? 0) ^ 1;
      expect(() => kind.restore(other)).toThrow(refused);
    });
  });
}

function anySamples(unit: number): fc.Arbitrary<Sample[]> {
  const time = fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: start, max: start + 10 * 86_400 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 4_000_000_000 }) },
  );
  const value = fc.oneof(
    { weight: 8, arbitrary: fc.double({ min: 0, max: 10 * unit, noNaN: true }) },
    { weight: 1, arbitrary: fc.double() },
    { weight: 1, arbitrary: fc.constantFrom(0, 2 ** 63, Number.MIN_VALUE) },
  );
  return fc.array(fc.tuple(time, value, fc.constantFrom('a', 'b', 'c')), { maxLength: 60 });
}

function expectSound(forecast: ReturnType<Forecaster['predict']>, horizon: Horizon): void {
  expect(forecast).toMatchObject(horizon);
  const values = forecast?.values ?? new Float64Array(0);
  expect(values.length).toBe(horizon.steps * levels.length);
  expect(forecast?.levels).toEqual(levels);
  for (const [i, value] of values.entries()) {
    if (!Number.isFinite(value) || value < 0) expect(value, `value ${i}`).toBe('finite and not negative');
    if (i % levels.length === 0) continue;
    const below = values[i - 1] ?? 0;
    if (value < below) expect(value, `value ${i}`).toBeGreaterThanOrEqual(below);
  }
}
