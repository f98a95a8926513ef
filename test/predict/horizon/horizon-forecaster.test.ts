import { describe, expect, test } from 'vitest';
import { HorizonForecaster } from '../../../src/predict/horizon/horizon-forecaster.ts';

const start = 1_700_006_400;
const step = 300;
const day = 288;
const levels = Float64Array.of(0.05, 0.5, 0.95);

function fed(steps: number, value: (i: number) => number): HorizonForecaster {
  const forecaster = new HorizonForecaster();
  for (let i = 0; i < steps; i += 1) forecaster.update(start + (i + 1) * step, value(i));
  return forecaster;
}

/** Between 0 and 100, the same for the same step, without any period. */
const noise = (i: number): number => ((Math.imul(i + 1, 2_654_435_761) >>> 8) % 1000) / 10;

const dayAfter = (steps: number) => ({ startSeconds: start + steps * step, stepSeconds: step, steps: day });

describe('forecasts a day ahead', () => {
  test('a spike every two hours is forecast at its minute, a day ahead', () => {
    const value = (i: number): number => (i % 24 === 5 ? 900 : 100 + (i % 3));
    const forecast = fed(10 * day, value).predict(dayAfter(10 * day), levels);
    for (let lead = 0; lead < day; lead += 1) {
      expect(forecast?.values[lead * 3 + 1], `lead ${lead}`).toBeCloseTo(value(10 * day + lead), -2);
    }
  });

  test('a level that shifted an hour ago is followed for a day', () => {
    const value = (i: number): number => (i < 10 * day - 12 ? 170 : 280) + noise(i) / 5;
    const forecast = fed(10 * day, value).predict(dayAfter(10 * day), levels);
    expect(forecast?.values[1]).toBeGreaterThan(240);
    expect(forecast?.values[200 * 3 + 1]).toBeGreaterThan(225);
  });

  test('growth goes on', () => {
    const forecast = fed(10 * day, (i) => 1000 + i).predict(dayAfter(10 * day), levels);
    expect(forecast?.values[(day - 1) * 3 + 1]).toBeGreaterThan(1000 + 10.6 * day);
  });

  test('half of what comes lies below the median, and nine tenths within the band, of noise', () => {
    const forecast = fed(14 * day, noise).predict(dayAfter(14 * day), levels);
    let [below, within] = [0, 0];
    for (let lead = 0; lead < day; lead += 1) {
      const [low = 0, middle = 0, high = 0] = forecast?.values.slice(lead * 3, lead * 3 + 3) ?? [];
      const value = noise(14 * day + lead);
      if (value <= middle) below += 1;
      if (value >= low && value <= high) within += 1;
    }
    expect(below / day).toBeGreaterThan(0.4);
    expect(below / day).toBeLessThan(0.6);
    expect(within / day).toBeGreaterThan(0.82);
  });

  test('replicas that are measured at one time are averaged', () => {
    const forecaster = new HorizonForecaster();
    for (let i = 0; i < 100; i += 1) {
      for (const value of [10, 30]) forecaster.update(start + (i + 1) * step, value);
    }
    expect(forecaster.predict(dayAfter(100), levels)?.values[1]).toBeCloseTo(20);
  });

  test('steps of half an hour and a week ahead are answered as the day ahead is', () => {
    const forecaster = fed(9 * day, (i) => 100 + (i % day));
    const far = forecaster.predict({ startSeconds: start + 30 * day * step, stepSeconds: 1800, steps: 48 }, levels);
    expect(far?.values.every(Number.isFinite)).toBe(true);
    expect(far?.values.length).toBe(48 * 3);
  });
});
