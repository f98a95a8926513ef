/** Values on a logarithmic grid: bucket b holds what is above first · ratio^(b − 1) and at most first · ratio^b. */
export class ValueGrid {
  readonly first: number;
  readonly ratio: number;
  readonly count: number;
  /** The end of each bucket: what has to be requested to hold it. */
  readonly ends: Float64Array;
  readonly #logRatio: number;

  constructor(first: number, ratio: number, most: number) {
    this.first = first;
    this.ratio = ratio;
    this.#logRatio = Math.log(ratio);
    this.count = Math.ceil(Math.log(most / first) / this.#logRatio) + 1;
    this.ends = Float64Array.from({ length: this.count }, (_, bucket) => first * ratio ** bucket);
  }

  /** The bucket that holds a value; values beyond the ends are in the end buckets. */
  bucketOf(value: number): number {
    return this.#within(Math.ceil(this.#at(value) - 1e-6));
  }

  /** The last bucket that a request holds whole. */
  bucketUnder(request: number): number {
    return this.#within(Math.floor(this.#at(request) + 1e-6));
  }

  #at(value: number): number {
    return value > this.first ? Math.log(value / this.first) / this.#logRatio : 0;
  }

  #within(bucket: number): number {
    return Math.max(0, Math.min(this.count - 1, bucket));
  }
}
