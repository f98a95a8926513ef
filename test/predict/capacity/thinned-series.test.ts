import { describe, expect, test } from 'vitest';
import { ThinnedSeries } from '../../../src/predict/capacity/thinned-series.ts';

describe('a thinned series', () => {
  test('keeps its memory, its first and its newest point, and all of its span evenly', () => {
    const series = new ThinnedSeries();
    for (let i = 0; i < 100_000; i += 1) series.add(i * 30, i);
    const { times, used } = series.history();
    expect(times.length).toBeLessThanOrEqual(513);
    expect(times.length).toBeGreaterThan(200);
    expect([times[0], times.at(-1), used.at(-1)]).toEqual([0, 99_999 * 30, 99_999]);
    const gaps = [...times].slice(1, -1).map((time, i) => time - (times[i] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(2.1 * Math.min(...gaps));
  });

  test('takes neither what is not measured nor what comes late', () => {
    const series = new ThinnedSeries();
    series.add(10, 1);
    series.add(20, Number.NaN);
    series.add(5, 3);
    series.add(10, 4);
    expect(series.history()).toEqual({ times: Float64Array.of(10), used: Float64Array.of(1) });
  });
});
