import { bucketCount } from './lead-buckets.ts';
import { gridLevels, gridSize } from './quantiles.ts';

const halfLifeSteps = 10 * 288;
/** The mixture's own word counts as so many measurements: two days of those that are looked at beyond twelve hours. */
const priorCount = 200;
const size = bucketCount * gridSize;

/**
 * How often what came was not above each of the grid's quantiles, by how far ahead they were said: what is promised at a level is read where, of late, as much came to lie
 * below. Conformal prediction with decaying weights (Barber, Candès, Ramdas and Tibshirani, Ann. Stat. 51, 2023) on the scores of distributional conformal
 * prediction (Chernozhukov, Wüthrich and Zhu, PNAS 118, 2021).
 */
export class CoverageRecord {
  readonly #hits: Float64Array;
  readonly #counts: Float64Array;

  constructor(numbers?: Float64Array) {
    this.#hits = numbers?.slice(0, size) ?? new Float64Array(size);
    this.#counts = numbers?.slice(size) ?? new Float64Array(bucketCount);
  }

  static readonly size = size + bucketCount;

  save(): Float64Array {
    return Float64Array.from([...this.#hits, ...this.#counts]);
  }

  age(steps: number): void {
    const kept = 2 ** (-steps / halfLifeSteps);
    for (let i = 0; i < size; i += 1) this.#hits[i] = (this.#hits[i] ?? 0) * kept;
    for (let i = 0; i < bucketCount; i += 1) this.#counts[i] = (this.#counts[i] ?? 0) * kept;
  }

  /** A value that equals a quantile, as on a constant course, lies half below it. */
  add(bucket: number, value: number, quantiles: Float64Array, at: number): void {
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    for (let i = 0; i < gridSize; i += 1) {
      const quantile = quantiles[at + i] ?? 0;
      const place = bucket * gridSize + i;
      if (value < quantile) this.#hits[place] = (this.#hits[place] ?? 0) + 1;
      else if (value === quantile) this.#hits[place] = (this.#hits[place] ?? 0) + (gridLevels[i] ?? 0);
    }
  }

  /** The levels to read the mixture at, so that it covers `levels` (ascending). */
  levelsFor(bucket: number, levels: Float64Array): Float64Array {
    const count = this.#counts[bucket] ?? 0;
    const covered = gridLevels.map((level, i) => {
      const hits = this.#hits[bucket * gridSize + i] ?? 0;
      return (hits + priorCount * level) / (count + priorCount);
    });
    return levels.map((level) => readAt(covered, level));
  }
}

/** Where the covered shares, which do not fall, reach a level; straight between the grid's levels. */
function readAt(covered: Float64Array, level: number): number {
  if (level >= 1) return 1;
  const found = covered.findIndex((share) => share >= level);
  const above = found < 0 ? gridSize - 1 : found;
  const [low, from] = above === 0 ? [0, 0] : [covered[above - 1] ?? 0, gridLevels[above - 1] ?? 0];
  const [high, to] = [covered[above] ?? 1, gridLevels[above] ?? 1];
  const share = high > low ? Math.min(1, Math.max(0, (level - low) / (high - low))) : 1;
  return from + share * (to - from);
}
