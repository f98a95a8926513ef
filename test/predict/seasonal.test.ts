import { describe, expect, test } from 'vitest';
import { SeasonalForecaster } from '../../src/predict/seasonal.ts';
import { recordedSeries } from './series.ts';

const hour = 3600;
const day = 24 * hour;
/** A Thursday at 00:00 UTC, as unix time begins. */
const start = 19_670 * day;
const step = 300;

function fed(days: number, value: (timeSeconds: number) => number): SeasonalForecaster {
  const forecaster = new SeasonalForecaster();
  for (let time = start + step; time <= start + days * day; time += step)
    forecaster.update(time, value(time - step / 2));
  return forecaster;
}

function means(forecaster: SeasonalForecaster, days: number): readonly number[] {
  const horizon = { startSeconds: start + days * day, stepSeconds: hour, steps: 24 };
  return [...(forecaster.moments(horizon)?.mean ?? [])];
}

test('a daily wave is forecast over the next day, to a twentieth', () => {
  const wave = (time: number): number => 300 + 200 * Math.sin((time / day) * 2 * Math.PI);
  for (const [i, mean] of means(fed(14, wave), 14).entries()) {
    expect(Math.abs(mean - wave((i + 0.5) * hour))).toBeLessThan(0.05 * 300);
  }
});

test('a weekend is told from a working day', () => {
  const isWeekend = (time: number): boolean => [2, 3].includes(Math.floor(time / day) % 7);
  const forecaster = fed(28, (time) => (isWeekend(time) ? 100 : 500));
  // Day 28 is a Thursday again; day 30 a Saturday.
  expect(means(forecaster, 28)[12]).toBeGreaterThan(440);
  expect(means(forecaster, 30)[12]).toBeLessThan(200);
});

test('the level of the last hours is taken into the next, and fades', () => {
  const forecaster = fed(14, (time) => (time > start + 13.75 * day ? 600 : 200));
  const [first = 0, , , , , , , , , , , last = 0] = means(forecaster, 14);
  expect(first).toBeGreaterThan(340);
  expect(last).toBeLessThan(280);
  expect(last).toBeGreaterThan(200);
});

test('variance follows how far values lie from what was expected', () => {
  const spread = (share: number): number => {
    const forecaster = fed(14, (time) => 400 * (1 + share * ((time / step) % 2 < 1 ? 1 : -1)));
    const horizon = { startSeconds: start + 14 * day, stepSeconds: hour, steps: 1 };
    return Math.sqrt(forecaster.moments(horizon)?.variance[0] ?? Number.NaN);
  };
  expect(spread(0)).toBeLessThan(5);
  expect(spread(0.25)).toBeGreaterThan(85);
  expect(spread(0.25)).toBeLessThan(130);
});

test('moments are finite whatever comes, and undefined before anything came', () => {
  const horizon = { startSeconds: start, stepSeconds: hour, steps: 4 };
  expect(new SeasonalForecaster().moments(horizon)).toBeUndefined();
  const forecaster = new SeasonalForecaster();
  for (const [i, value] of [0, 2 ** 63, 0, 1e-300, 2 ** 63].entries()) forecaster.update(start + i * step, value);
  const { mean, variance } = forecaster.moments(horizon) ?? {};
  expect([...(mean ?? []), ...(variance ?? [])].every((one) => Number.isFinite(one) && one >= 0)).toBe(true);
});

describe('on recorded series a day ahead', () => {
  const errors = recordedSeries().map(({ name, startSeconds, stepSeconds, values }) => {
    const forecaster = new SeasonalForecaster();
    let [sum, squares, count, seasonalError, meanError, judged] = [0, 0, 0, 0, 0, 0];
    let expected = new Float32Array(0);
    for (const [i, value] of values.entries()) {
      if (i % 288 === 0 && i >= 4 * 288) {
        const horizon = { startSeconds: startSeconds + i * stepSeconds, stepSeconds, steps: 288 };
        expected = Float32Array.from(forecaster.moments(horizon)?.mean ?? []);
      }
      if (Number.isNaN(value)) continue;
      if (expected.length > 0) {
        seasonalError += Math.abs(value - (expected[i % 288] ?? 0));
        meanError += Math.abs(value - sum / count);
        judged += 1;
      }
      forecaster.update(startSeconds + (i + 1) * stepSeconds, value);
      sum += value;
      squares += value * value;
      count += 1;
    }
    return { name, ratio: seasonalError / Math.max(meanError, 1e-9), judged, squares };
  });

  test('the profile errs less than the running mean, over all series', () => {
    const logs = errors.map(({ ratio }) => Math.log(ratio));
    expect(Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length)).toBeLessThan(0.9);
  });

  test.each(errors)('on $name it errs at most a third more', ({ ratio, judged }) => {
    expect(judged).toBeGreaterThan(1000);
    expect(ratio).toBeLessThan(4 / 3);
  });
});
