import { describe, expect, test } from 'vitest';
import { PeakForecaster } from '../../src/predict/peaks.ts';

const day = 86_400;
const start = 1_700_000_100;
const gib = 2 ** 30;
const buckets = { firstBucket: 2 ** 20, ratio: 1.025, maxValue: 2 ** 43, epsilon: 1e-4 };
const levels = Float64Array.of(0.5, 0.9, 0.99, 0.999);

/** One sample in the middle of each day. */
function daily(peaks: readonly number[], replica = ''): PeakForecaster {
  const forecaster = new PeakForecaster(buckets);
  for (const [i, peak] of peaks.entries()) forecaster.update(start + i * day, peak, replica);
  return forecaster;
}

function quantiles(forecaster: PeakForecaster, days: number): number[] {
  const forecast = forecaster.predict({ startSeconds: start + days * day, stepSeconds: day, steps: 1 }, levels);
  return [...(forecast?.values ?? [])];
}

describe('levels beyond the days that were seen are extrapolated', () => {
  test('one day: 1.5 to 1.6 times the peak at 0.1 %', () => {
    const [, , , rare = 0] = quantiles(daily([gib]), 1);
    expect(rare / gib).toBeGreaterThan(1.5);
    expect(rare / gib).toBeLessThan(1.6);
  });

  test('fourteen days alike: 1.1 times the peak', () => {
    const [, , , rare = 0] = quantiles(daily(Array.from({ length: 14 }, () => gib)), 14);
    expect(rare / gib).toBeGreaterThan(1.05);
    expect(rare / gib).toBeLessThan(1.2);
  });

  test('days that differ much: further than days alike', () => {
    const alike = quantiles(daily(Array.from({ length: 28 }, () => 3 * gib)), 28);
    const unlike = quantiles(daily(Array.from({ length: 28 }, (_, i) => gib * (1 + (i % 4) * 0.66))), 28);
    expect((unlike[3] ?? 0) / 2.98 / gib).toBeGreaterThan((alike[3] ?? 0) / 3 / gib);
  });
});

test('only the highest sample of a day counts', () => {
  const [once, often] = [new PeakForecaster(buckets), new PeakForecaster(buckets)];
  for (let i = 0; i < 5; i += 1) {
    once.update(start + i * day + 1, 2 * gib);
    once.update(start + i * day + 279 * 300, gib);
    often.update(start + i * day + 1, 2 * gib);
    for (let j = 2; j < 280; j += 1) often.update(start + i * day + j * 300, gib * (1 + (j % 10) / 20));
  }
  for (const [i, value] of quantiles(often, 5).entries())
    expect(value / (quantiles(once, 5)[i] ?? 0)).toBeCloseTo(1, 9);
});

test('a peak that grows within a day replaces the lower one', () => {
  const grown = new PeakForecaster(buckets);
  for (let j = 1; j <= 100; j += 1) grown.update(start + j * 300, (gib * j) / 100);
  const [median = 0] = quantiles(grown, 1);
  expect(median / gib).toBeGreaterThan(1);
  expect(median / gib).toBeLessThan(1.06);
});

test('each replica has its own days', () => {
  const forecaster = new PeakForecaster(buckets);
  for (let i = 0; i < 10; i += 1) {
    for (const replica of ['a', 'b', 'c']) forecaster.update(start + i * day, replica === 'c' ? 4 * gib : gib, replica);
  }
  const [median = 0, often = 0] = quantiles(forecaster, 10);
  expect(median / gib).toBeLessThan(1.03);
  expect(often / gib).toBeGreaterThan(3.9);
});

test('what was long ago weighs little', () => {
  const forecaster = daily([...Array.from({ length: 30 }, () => 4 * gib), ...Array.from({ length: 90 }, () => gib)]);
  const [median = 0, often = 0] = quantiles(forecaster, 120);
  expect(median / gib).toBeLessThan(1.03);
  expect(often / gib).toBeLessThan(1.03);
});

test('the state of a workload of short-lived replicas does not grow', () => {
  const forecaster = new PeakForecaster(buckets);
  for (let i = 0; i < 500; i += 1) forecaster.update(start + i * 7200, gib, `job-${i}`);
  expect(forecaster.save().byteLength).toBeLessThan(2500);
});
