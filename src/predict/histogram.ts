/** Buckets that grow by a ratio: bucket i starts at firstBucket · (ratio^i − 1) / (ratio − 1). */
export interface BucketOptions {
  readonly firstBucket: number;
  readonly ratio: number;
  readonly maxValue: number;
  /** Weights below this count as nothing. */
  readonly epsilon: number;
}

/** How many buckets there are; the last one holds everything from maxValue up. */
export function bucketCount({ firstBucket, ratio, maxValue }: BucketOptions): number {
  return Math.ceil(Math.log((maxValue * (ratio - 1)) / firstBucket + 1) / Math.log(ratio)) + 1;
}

/** Start of a bucket, in the unit of the values. */
export function bucketStart({ firstBucket, ratio }: BucketOptions, bucket: number): number {
  return bucket === 0 ? 0 : (firstBucket * (ratio ** bucket - 1)) / (ratio - 1);
}

/**
 * The histogram of the Kubernetes VPA, operation for operation, so that its numbers are the same to the bucket.
 * Source: k8s.io/autoscaler/vertical-pod-autoscaler v1.8.1, pkg/recommender/util/histogram.go.
 */
export class Histogram {
  readonly options: BucketOptions;
  readonly weights: Float64Array;
  totalWeight = 0;
  #lowest: number;
  #highest = 0;

  constructor(options: BucketOptions) {
    this.options = options;
    this.weights = new Float64Array(bucketCount(options));
    this.#lowest = this.weights.length - 1;
  }

  get isEmpty(): boolean {
    return this.#weight(this.#lowest) < this.options.epsilon;
  }

  add(value: number, weight: number): void {
    const bucket = this.bucketOf(value);
    const held = this.#weight(bucket) + weight;
    this.weights[bucket] = held;
    this.totalWeight += weight;
    if (held < this.options.epsilon) return;
    if (bucket < this.#lowest) this.#lowest = bucket;
    if (bucket > this.#highest) this.#highest = bucket;
  }

  subtract(value: number, weight: number): void {
    const bucket = this.bucketOf(value);
    this.totalWeight = this.#safely(this.totalWeight - weight);
    this.weights[bucket] = this.#safely(this.#weight(bucket) - weight);
    this.#shrinkEnds();
  }

  merge(other: Histogram): void {
    for (let bucket = other.#lowest; bucket <= other.#highest; bucket += 1) {
      const added = other.#weight(bucket);
      this.weights[bucket] = this.#weight(bucket) + added;
    }
    this.totalWeight += other.totalWeight;
    if (other.#lowest < this.#lowest) this.#lowest = other.#lowest;
    if (other.#highest > this.#highest) this.#highest = other.#highest;
  }

  scale(factor: number): void {
    for (let bucket = 0; bucket < this.weights.length; bucket += 1)
      this.weights[bucket] = this.#weight(bucket) * factor;
    this.totalWeight *= factor;
    this.#shrinkEnds();
  }

  /** The end of the bucket in which the share (0–1) of all weight is reached; 0 when empty. */
  percentile(share: number): number {
    if (this.isEmpty) return 0;
    const threshold = share * this.totalWeight;
    let bucket = this.#lowest;
    for (let sum = 0; bucket < this.#highest; bucket += 1) {
      sum += this.#weight(bucket);
      if (sum >= threshold) break;
    }
    return bucketStart(this.options, bucket < this.weights.length - 1 ? bucket + 1 : bucket);
  }

  /** Several percentiles in one pass; `shares` ascend. */
  percentiles(shares: Float64Array): Float64Array {
    const found = new Float64Array(shares.length);
    if (this.isEmpty) return found;
    let bucket = this.#lowest;
    let sum = this.#weight(bucket);
    for (let i = 0; i < shares.length; i += 1) {
      const threshold = (shares[i] ?? 1) * this.totalWeight;
      while (bucket < this.#highest && sum < threshold) {
        bucket += 1;
        sum += this.#weight(bucket);
      }
      found[i] = bucketStart(this.options, bucket < this.weights.length - 1 ? bucket + 1 : bucket);
    }
    return found;
  }

  bucketOf(value: number): number {
    const { firstBucket, ratio } = this.options;
    if (value < firstBucket) return 0;
    const bucket = Math.trunc(Math.log((value * (ratio - 1)) / firstBucket + 1) / Math.log(ratio));
    return Math.min(bucket, this.weights.length - 1);
  }

  /** Total weight, then pairs of bucket and weight. */
  save(): Float64Array {
    const numbers = [this.totalWeight];
    for (const [bucket, weight] of this.weights.entries()) if (weight !== 0) numbers.push(bucket, weight);
    return Float64Array.from(numbers);
  }

  /** Takes what save gave, in place of what is held. */
  load(numbers: Float64Array): void {
    this.weights.fill(0);
    this.totalWeight = numbers[0] ?? 0;
    for (let i = 1; i + 1 < numbers.length; i += 2) this.weights[numbers[i] ?? 0] = numbers[i + 1] ?? 0;
    this.#lowest = 0;
    this.#highest = this.weights.length - 1;
    this.#shrinkEnds();
  }

  #weight(bucket: number): number {
    return this.weights[bucket] ?? 0;
  }

  #safely(weight: number): number {
    return weight < this.options.epsilon ? 0 : weight;
  }

  #shrinkEnds(): void {
    const last = this.weights.length - 1;
    while (this.#lowest < last && this.#weight(this.#lowest) < this.options.epsilon) this.#lowest += 1;
    while (this.#highest > 0 && this.#weight(this.#highest) < this.options.epsilon) this.#highest -= 1;
  }
}
