import { BarographError } from '../core/errors.ts';
import { BucketWeights } from './bucket-weights.ts';

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
  readonly weights: BucketWeights;
  totalWeight = 0;
  #lowest: number;
  #highest = 0;

  constructor(options: BucketOptions) {
    this.options = options;
    this.weights = new BucketWeights(bucketCount(options));
    this.#lowest = this.weights.count - 1;
  }

  get isEmpty(): boolean {
    return this.weights.get(this.#lowest) < this.options.epsilon;
  }

  add(value: number, weight: number): void {
    const bucket = this.bucketOf(value);
    const held = this.weights.get(bucket) + weight;
    this.weights.set(bucket, held);
    this.totalWeight += weight;
    if (held < this.options.epsilon) return;
    if (bucket < this.#lowest) this.#lowest = bucket;
    if (bucket > this.#highest) this.#highest = bucket;
  }

  subtract(value: number, weight: number): void {
    const bucket = this.bucketOf(value);
    this.totalWeight = this.#safely(this.totalWeight - weight);
    this.weights.set(bucket, this.#safely(this.weights.get(bucket) - weight));
    this.#shrinkEnds();
  }

  merge(other: Histogram): void {
    for (let bucket = other.#lowest; bucket <= other.#highest; bucket += 1) {
      this.weights.set(bucket, this.weights.get(bucket) + other.weights.get(bucket));
    }
    this.totalWeight += other.totalWeight;
    if (other.#lowest < this.#lowest) this.#lowest = other.#lowest;
    if (other.#highest > this.#highest) this.#highest = other.#highest;
  }

  scale(factor: number): void {
    this.weights.scale(this.#lowest, this.#highest, factor);
    this.totalWeight *= factor;
    this.#shrinkEnds();
  }

  /** The end of the bucket in which the share (0–1) of all weight is reached; 0 when empty. */
  percentile(share: number): number {
    if (this.isEmpty) return 0;
    const threshold = share * this.totalWeight;
    let bucket = this.#lowest;
    for (let sum = 0; bucket < this.#highest; bucket += 1) {
      sum += this.weights.get(bucket);
      if (sum >= threshold) break;
    }
    return this.#endOf(bucket);
  }

  /** Several percentiles in one pass; `shares` ascend. */
  percentiles(shares: Float64Array): Float64Array {
    const found = new Float64Array(shares.length);
    if (this.isEmpty) return found;
    let bucket = this.#lowest;
    let sum = this.weights.get(bucket);
    for (let i = 0; i < shares.length; i += 1) {
      const threshold = (shares[i] ?? 1) * this.totalWeight;
      while (bucket < this.#highest && sum < threshold) {
        bucket += 1;
        sum += this.weights.get(bucket);
      }
      found[i] = this.#endOf(bucket);
    }
    return found;
  }

  bucketOf(value: number): number {
    const { firstBucket, ratio } = this.options;
    if (value < firstBucket) return 0;
    const bucket = Math.trunc(Math.log((value * (ratio - 1)) / firstBucket + 1) / Math.log(ratio));
    return Math.min(bucket, this.weights.count - 1);
  }

  /** Total weight, then the weights as BucketWeights saves them. */
  save(): number[] {
    return [this.totalWeight, ...this.weights.save()];
  }

  /** Takes what save gave, in place of what is held. Throws OUTLOOK_INVALID when it does not fit these buckets. */
  load(numbers: Float64Array): void {
    const [totalWeight = Number.NaN] = numbers;
    if (!Number.isFinite(totalWeight) || !this.weights.load(numbers.subarray(1))) {
      throw new BarographError('OUTLOOK_INVALID', 'the state of a histogram cannot be used: it has other buckets');
    }
    this.totalWeight = totalWeight;
    this.#lowest = 0;
    this.#highest = this.weights.count - 1;
    this.#shrinkEnds();
  }

  #endOf(bucket: number): number {
    return bucketStart(this.options, bucket < this.weights.count - 1 ? bucket + 1 : bucket);
  }

  #safely(weight: number): number {
    return weight < this.options.epsilon ? 0 : weight;
  }

  #shrinkEnds(): void {
    const last = this.weights.count - 1;
    while (this.#lowest < last && this.weights.get(this.#lowest) < this.options.epsilon) this.#lowest += 1;
    while (this.#highest > 0 && this.weights.get(this.#highest) < this.options.epsilon) this.#highest -= 1;
  }
}
