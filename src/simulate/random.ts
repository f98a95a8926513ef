/** Numbers in [0, 1) that are the same for the same seed (mulberry32, 32 bits of state: for scenarios, not for statistics). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A number between two. */
export function between(random: () => number, low: number, high: number): number {
  return low + (high - low) * random();
}

/** One of several; throws RangeError when there is none. */
export function pick<T>(random: () => number, of: readonly T[]): T {
  const chosen = of[Math.floor(random() * of.length)];
  if (chosen === undefined) throw new RangeError('expected something to pick from');
  return chosen;
}
