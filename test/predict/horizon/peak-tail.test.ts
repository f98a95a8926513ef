import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/predict/disk/random.ts';
import { fitPeakTail, returnBand, returnLevel } from '../../../src/predict/horizon/peak-tail.ts';

/** A tail of which everything is known. */
function drawn(count: number, scale: number, shape: number, seed = 1): Float64Array {
  const random = seededRandom(seed);
  return Float64Array.from({ length: count }, () => 100 + (scale / shape) * ((1 - random()) ** -shape - 1));
}

describe('the tail of peaks', () => {
  test('scale and shape are found again in many peaks', () => {
    for (const shape of [-0.2, 0.1, 0.3]) {
      const tail = fitPeakTail(drawn(20_000, 10, shape), 100, 20_000);
      expect(tail?.shape).toBeCloseTo(shape, 1);
      expect(tail?.scale).toBeGreaterThan(9.4);
      expect(tail?.scale).toBeLessThan(10.6);
    }
  });

  test('a return level is exceeded as often as it says', () => {
    const peaks = drawn(20_000, 10, 0.2);
    const tail = fitPeakTail(peaks, 100, 20_000);
    if (tail === undefined) throw new TypeError('there are enough peaks');
    const level = returnLevel(tail, 100);
    const beyond = peaks.filter((peak) => peak > level).length;
    expect(beyond).toBeGreaterThan(160);
    expect(beyond).toBeLessThan(240);
  });

  test('the band holds the true level in about nine of ten cases', () => {
    const truth = 100 + (10 / 0.1) * (365 ** 0.1 - 1);
    let held = 0;
    for (let seed = 1; seed <= 100; seed += 1) {
      const tail = fitPeakTail(drawn(60, 10, 0.1, seed), 100, 60);
      if (tail === undefined) continue;
      const { low, high } = returnBand(tail, 365, { share: 0.9, random: seededRandom(seed + 1000) });
      if (low <= truth && truth <= high) held += 1;
    }
    expect(held).toBeGreaterThanOrEqual(75);
  });

  test('few peaks say nothing', () => {
    expect(fitPeakTail(drawn(9, 10, 0.1), 100, 9)).toBeUndefined();
    expect(fitPeakTail(new Float64Array(50), 100, 50)).toBeUndefined();
  });

  test('levels are finite, at least the threshold, and rise with the days, whatever the peaks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e12, noNaN: true }), { minLength: 12, maxLength: 60 }),
        (peaks) => {
          const tail = fitPeakTail(Float64Array.from(peaks), 0, peaks.length);
          if (tail === undefined) return;
          let before = 0;
          for (const days of [0.5, 2, 30, 365]) {
            const level = returnLevel(tail, days);
            expect(Number.isFinite(level)).toBe(true);
            expect(level).toBeGreaterThanOrEqual(before);
            before = level;
          }
        },
      ),
    );
  });
});
