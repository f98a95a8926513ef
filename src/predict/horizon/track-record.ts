import { expertCount } from './expert-list.ts';
import { bucketCount, shortBuckets } from './lead-buckets.ts';

/** Half-lives of what is remembered of losses, in steps of five minutes: by bucket of lead for 3 and 10 days; of short leads for 4 hours; of all leads for a day. */
const halfLives = [3 * 288, 10 * 288, 48, 288] as const;
/** Sums of losses and their weights: [record][expert], where the records are two for each bucket, then the two others. */
const records = 2 * bucketCount + 2;
const size = records * expertCount;
const halfLifeOf = Float64Array.from({ length: records }, (_, record): number =>
  record < bucketCount
    ? halfLives[0]
    : record < 2 * bucketCount
      ? halfLives[1]
      : (halfLives[record - 2 * bucketCount + 2] ?? 1),
);

/** How experts fared of late, by how far ahead they spoke. */
export class TrackRecord {
  readonly #sums: Float64Array;
  readonly #weights: Float64Array;

  constructor(numbers?: Float64Array) {
    this.#sums = numbers?.slice(0, size) ?? new Float64Array(size);
    this.#weights = numbers?.slice(size) ?? new Float64Array(size);
  }

  /** Two for one: sums and weights. */
  static readonly size = 2 * size;

  copy(): TrackRecord {
    return new TrackRecord(this.save());
  }

  save(): Float64Array {
    return Float64Array.from([...this.#sums, ...this.#weights]);
  }

  age(steps: number): void {
    for (let record = 0; record < records; record += 1) {
      const kept = 2 ** (-steps / (halfLifeOf[record] ?? 1));
      for (let i = record * expertCount; i < (record + 1) * expertCount; i += 1) {
        this.#sums[i] = (this.#sums[i] ?? 0) * kept;
        this.#weights[i] = (this.#weights[i] ?? 0) * kept;
      }
    }
  }

  add(expert: number, bucket: number, loss: number): void {
    this.#count(bucket, expert, loss);
    this.#count(bucketCount + bucket, expert, loss);
    if (bucket < shortBuckets) this.#count(2 * bucketCount, expert, loss);
    this.#count(2 * bucketCount + 1, expert, loss);
  }

  /** Mean losses of the experts in one record of the five that count for a bucket; NaN for those that never spoke. */
  means(bucket: number, feature: number, out: Float64Array): void {
    const record = [bucket, bucketCount + bucket, 2 * bucketCount, 2 * bucketCount + 1][feature] ?? 0;
    for (let expert = 0; expert < expertCount; expert += 1) {
      const weight = this.#weights[record * expertCount + expert] ?? 0;
      out[expert] = weight > 1e-9 ? (this.#sums[record * expertCount + expert] ?? 0) / weight : Number.NaN;
    }
  }

  #count(record: number, expert: number, loss: number): void {
    const place = record * expertCount + expert;
    this.#sums[place] = (this.#sums[place] ?? 0) + loss;
    this.#weights[place] = (this.#weights[place] ?? 0) + 1;
  }
}

export const recordFeatures = halfLives.length;
