import { describe, expect, test } from 'vitest';
import { latencyAt, meanLatency } from '../../../src/predict/pool-load/latency-mixture.ts';

describe('the latency of several OSDs together', () => {
  test('is their mean by operations', () => {
    const parts = [
      { weight: 9, meanSeconds: 0.01 },
      { weight: 1, meanSeconds: 0.11 },
      { weight: 0, meanSeconds: Number.NaN },
    ];
    expect(meanLatency(parts)).toBeCloseTo(0.02, 9);
    expect(meanLatency([])).toBeNaN();
  });

  test('has the percentiles of an exponential for one OSD', () => {
    const parts = [{ weight: 5, meanSeconds: 0.01 }];
    expect(latencyAt(parts, 0.5)).toBeCloseTo(0.01 * Math.LN2, 6);
    expect(latencyAt(parts, 0.99)).toBeCloseTo(0.01 * Math.log(100), 6);
  });

  test('has a tail that one slow OSD among ten decides', () => {
    const slow = [
      { weight: 9, meanSeconds: 0.01 },
      { weight: 1, meanSeconds: 0.1 },
    ];
    expect(latencyAt(slow, 0.5)).toBeLessThan(0.009);
    expect(latencyAt(slow, 0.99)).toBeCloseTo(0.23, 2);
  });
});
