import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/predict/disk/random.ts';
import { busyShare, fitLoadCurve, type LoadPoint } from '../../../src/predict/pool-load/load-curve.ts';

/** A queue of 2 ms that can do 1000 a second, at loads up to a highest one, with some noise. */
function queue(highest: number, noise = 0.1): LoadPoint[] {
  const random = seededRandom(3);
  return Array.from({ length: 200 }, () => {
    const load = random() * highest;
    return { load, latencySeconds: (0.002 / (1 - load / 1000)) * (1 + noise * (random() - 0.5)) };
  });
}

describe('the curve of latency against load', () => {
  test('finds idle latency and capacity of a queue that was seen at work', () => {
    const { idleSeconds, capacity } = fitLoadCurve(queue(900));
    expect(idleSeconds).toBeGreaterThan(0.0018);
    expect(idleSeconds).toBeLessThan(0.0023);
    expect(capacity).toBeGreaterThan(900);
    expect(capacity).toBeLessThan(1100);
  });

  test('gives no capacity where latency was never seen to grow with load', () => {
    expect(fitLoadCurve(queue(50))).toMatchObject({ capacity: undefined });
    const flat = queue(900).map(({ load }) => ({ load, latencySeconds: 0.002 }));
    expect(fitLoadCurve(flat)).toEqual({ idleSeconds: 0.002, capacity: undefined });
  });

  test('is not misled by single outliers', () => {
    const points = queue(900).map((point, i) => (i % 40 === 0 ? { ...point, latencySeconds: 5 } : point));
    expect(fitLoadCurve(points).capacity).toBeLessThan(1150);
  });

  test('says nothing of nothing', () => {
    expect(fitLoadCurve([]).idleSeconds).toBeNaN();
    expect(fitLoadCurve([{ load: 3, latencySeconds: Number.NaN }]).idleSeconds).toBeNaN();
  });

  test('shows by latency alone how busy a queue is', () => {
    expect(busyShare(0.002, 0.004)).toBe(0.5);
    expect(busyShare(0.002, 0.001)).toBe(0);
    expect(busyShare(Number.NaN, 1)).toBe(0);
  });
});
