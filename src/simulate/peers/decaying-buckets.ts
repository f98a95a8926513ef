export interface DecayingBucketOptions {
  /** The width of the first bucket; each is `growth` times as wide as the one before. */
  readonly first: number;
  readonly growth: number;
  /** The buckets reach at least so far. */
  readonly top: number;
  readonly halfLifeSeconds: number;
}

/** After so many half-lives weights are scaled down, before they overflow. */
const furthestHalfLives = 50;

/**
 * A histogram of exponential buckets whose samples lose half their weight every half-life; a quantile is the end of its bucket. That of Koordinator and
 * Autopilot: it keeps every weight, where the VPA's (src/predict/decaying-histogram.ts) drops the light ones.
 */
export class DecayingBuckets {
  readonly #options: DecayingBucketOptions;
  readonly #starts: Float64Array;
  readonly #weights: Float64Array;
  readonly #logGrowth: number;
  #reference: number | undefined;

  constructor(options: DecayingBucketOptions) {
    const { first, growth, top } = options;
    this.#options = options;
    this.#logGrowth = Math.log(growth);
    const count = Math.trunc(Math.log((top * (growth - 1)) / first + 1) / this.#logGrowth) + 2;
    this.#starts = new Float64Array(count + 1);
    for (let i = 0; i < count; i += 1) this.#starts[i + 1] = (this.#starts[i] ?? 0) + first * growth ** i;
    this.#weights = new Float64Array(count);
  }

  add(timeSeconds: number, value: number): void {
    const { halfLifeSeconds } = this.#options;
    this.#reference ??= timeSeconds;
    if (timeSeconds - this.#reference > furthestHalfLives * halfLifeSeconds) this.#moveTo(timeSeconds);
    if (Number.isNaN(value)) return;
    const at = this.#bucketOf(value);
    this.#weights[at] = (this.#weights[at] ?? 0) + 2 ** ((timeSeconds - this.#reference) / halfLifeSeconds);
  }

  /** NaN before the first sample. */
  quantile(share: number): number {
    let total = 0;
    for (const weight of this.#weights) total += weight;
    if (total <= 0) return Number.NaN;
    let below = 0;
    let sum = 0;
    for (const weight of this.#weights) {
      sum += weight;
      if (sum >= share * total) break;
      below += 1;
    }
    return this.#starts[below + 1] ?? Number.NaN;
  }

  #bucketOf(value: number): number {
    const { first, growth } = this.#options;
    const at = Math.trunc(Math.log((Math.max(value, 0) * (growth - 1)) / first + 1) / this.#logGrowth);
    return Math.min(Math.max(at, 0), this.#weights.length - 1);
  }

  #moveTo(timeSeconds: number): void {
    const kept = 2 ** (-(timeSeconds - (this.#reference ?? timeSeconds)) / this.#options.halfLifeSeconds);
    for (let i = 0; i < this.#weights.length; i += 1) this.#weights[i] = (this.#weights[i] ?? 0) * kept;
    this.#reference = timeSeconds;
  }
}
