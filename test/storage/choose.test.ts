import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/predict/disk/random.ts';
import { choose } from '../../src/storage/choose.ts';
import { RecentPlacements } from '../../src/storage/recent-placements.ts';

/** Places so many claims in one moment, and counts where they went. */
function place(scores: Readonly<Record<string, number>>, claims: number, sizes: Readonly<Record<string, number>> = {}) {
  const placements = new RecentPlacements();
  const random = seededRandom(11);
  const counts = Object.fromEntries(Object.keys(scores).map((key) => [key, 0]));
  for (let i = 0; i < claims; i += 1) {
    const choices = Object.entries(scores).map(([key, score]) => ({
      key,
      score,
      size: sizes[key] ?? 1,
      recentClaims: placements.promised(key, 100).claims,
    }));
    const chosen = choose(choices, random)?.key ?? '';
    counts[chosen] = (counts[chosen] ?? 0) + 1;
    placements.place(`claim-${i}`, chosen, 1, 100);
  }
  return counts;
}

describe('the choice among pools', () => {
  test('is the best one for a single claim', () => {
    expect(place({ fast: 9.1, good: 8.7, bad: 3 }, 1)).toEqual({ fast: 1, good: 0, bad: 0 });
    expect(choose([], seededRandom(1))).toBeUndefined();
  });

  test('of many claims at once spreads over those that are as good, and leaves out the bad one', () => {
    const counts = place({ fast: 9.1, good: 8.7, bad: 2 }, 60);
    expect(Math.abs((counts.fast ?? 0) - (counts.good ?? 0))).toBeLessThanOrEqual(2);
    expect(counts.bad).toBe(0);
  });

  test('goes to a lesser one once very much was put on the best', () => {
    const counts = place({ fast: 9.5, fair: 7 }, 200);
    expect(counts.fast).toBeGreaterThan(counts.fair ?? 0);
    expect(counts.fair).toBeGreaterThan(20);
  });

  test('gives larger pools more', () => {
    const counts = place({ large: 9, small: 9 }, 300, { large: 20, small: 10 });
    expect(counts.large).toBeGreaterThan(1.7 * (counts.small ?? 0));
  });

  test('is the same for the same random numbers', () => {
    expect(place({ a: 5, b: 5, c: 5 }, 50)).toEqual(place({ a: 5, b: 5, c: 5 }, 50));
  });
});

describe('recent placements', () => {
  test('are forgotten: claims by and by, bytes after an hour', () => {
    const placements = new RecentPlacements();
    placements.place('one', 'fast', 1000, 0);
    placements.place('two', 'fast', 500, 0);
    expect(placements.promised('fast', 0)).toEqual({ bytes: 1500, claims: 2 });
    expect(placements.promised('fast', 600)).toEqual({ bytes: 1500, claims: 1 });
    expect(placements.promised('fast', 3601).bytes).toBe(0);
    expect(placements.promised('fast', 8000)).toEqual({ bytes: 0, claims: 0 });
    placements.place('three', 'slow', 1, 8000);
    expect(placements.size).toBe(1);
  });

  test('count a claim once, where it was put last', () => {
    const placements = new RecentPlacements();
    placements.place('one', 'fast', 1000, 0);
    placements.place('one', 'slow', 1000, 1);
    expect(placements.promised('fast', 1).claims).toBe(0);
    expect(placements.promised('slow', 1).bytes).toBe(1000);
  });
});
