import { type BucketOptions, Histogram } from './histogram.ts';

/** After this many half-lives weights would overflow: the reference time moves on. */
const furthestHalfLives = 100;
// The VPA rounds times as Go does, counted from 1 January of year 1.
const yearOneSeconds = 62_135_596_800;

/**
 * A histogram whose samples lose half their weight every half-life: new samples weigh 2^((time − reference) / halfLife), so that nothing
 * held has to be touched. Equal to the VPA's to the bucket.
 * Source: k8s.io/autoscaler/vertical-pod-autoscaler v1.8.1, pkg/recommender/util/decaying_histogram.go.
 */
export class DecayingHistogram {
  readonly histogram: Histogram;
  readonly halfLifeSeconds: number;
  referenceSeconds = -yearOneSeconds;

  constructor(options: BucketOptions, halfLifeSeconds: number) {
    this.histogram = new Histogram(options);
    this.halfLifeSeconds = halfLifeSeconds;
  }

  get isEmpty(): boolean {
    return this.histogram.isEmpty;
  }

  /** All weight, as of a time: a sample of weight 1 added then counts 1. */
  weightAt(timeSeconds: number): number {
    return this.histogram.totalWeight / 2 ** ((timeSeconds - this.referenceSeconds) / this.halfLifeSeconds);
  }

  add(value: number, weight: number, timeSeconds: number): void {
    this.histogram.add(value, weight * this.#growth(timeSeconds));
  }

  subtract(value: number, weight: number, timeSeconds: number): void {
    this.histogram.subtract(value, weight * this.#growth(timeSeconds));
  }

  percentile(share: number): number {
    return this.histogram.percentile(share);
  }

  /** Adds what another one with the same options holds; the other one's reference may move. */
  merge(other: DecayingHistogram): void {
    if (this.referenceSeconds < other.referenceSeconds) this.#moveReference(other.referenceSeconds);
    else if (other.referenceSeconds < this.referenceSeconds) other.#moveReference(this.referenceSeconds);
    this.histogram.merge(other.histogram);
  }

  save(): Float64Array {
    return Float64Array.of(this.referenceSeconds, ...this.histogram.save());
  }

  /** Throws OUTLOOK_INVALID when the numbers do not fit. */
  load(numbers: Float64Array): void {
    this.referenceSeconds = numbers[0] ?? -yearOneSeconds;
    this.histogram.load(numbers.subarray(1));
  }

  #growth(timeSeconds: number): number {
    if (timeSeconds > this.referenceSeconds + this.halfLifeSeconds * furthestHalfLives)
      this.#moveReference(timeSeconds);
    return 2 ** ((timeSeconds - this.referenceSeconds) / this.halfLifeSeconds);
  }

  #moveReference(timeSeconds: number): void {
    const half = this.halfLifeSeconds;
    const moved = Math.floor((timeSeconds + yearOneSeconds) / half + 0.5) * half - yearOneSeconds;
    this.histogram.scale(2 ** Math.round((this.referenceSeconds - moved) / half));
    this.referenceSeconds = moved;
  }
}
