/** Room kept on both sides when the window grows, in buckets. */
const margin = 4;

/**
 * Weights of buckets 0 … count − 1, of which only the stretch that was ever used is stored: a container uses some tens of
 * several hundred buckets.
 */
export class BucketWeights {
  readonly count: number;
  #first = 0;
  #window = new Float64Array(0);

  constructor(count: number) {
    this.count = count;
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#window.byteLength;
  }

  get(bucket: number): number {
    return this.#window[bucket - this.#first] ?? 0;
  }

  set(bucket: number, weight: number): void {
    const index = bucket - this.#first;
    if (index < 0 || index >= this.#window.length) {
      this.#grow(bucket);
      this.#window[bucket - this.#first] = weight;
    } else {
      this.#window[index] = weight;
    }
  }

  scale(from: number, to: number, factor: number): void {
    for (let i = Math.max(0, from - this.#first); i <= Math.min(this.#window.length - 1, to - this.#first); i += 1) {
      this.#window[i] = (this.#window[i] ?? 0) * factor;
    }
  }

  /** The first bucket that is not zero, then the weights up to the last one that is not. */
  save(): number[] {
    let end = this.#window.length;
    while (end > 0 && this.#window[end - 1] === 0) end -= 1;
    let start = 0;
    while (start < end && this.#window[start] === 0) start += 1;
    return [this.#first + start, ...this.#window.subarray(start, end)];
  }

  /** Takes what save gave; false when it does not fit, and nothing is changed then. */
  load(numbers: Float64Array): boolean {
    const [first = -1] = numbers;
    const window = numbers.slice(1);
    const fits = Number.isInteger(first) && first >= 0 && first + window.length <= this.count;
    if (!fits || window.some((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY))) return false;
    this.#first = first;
    this.#window = window;
    return true;
  }

  #grow(bucket: number): void {
    const isEmpty = this.#window.length === 0;
    const first = Math.max(0, isEmpty ? bucket - margin : Math.min(this.#first, bucket - margin));
    const held = this.#first + this.#window.length;
    const end = Math.min(this.count, isEmpty ? bucket + margin + 1 : Math.max(held, bucket + margin + 1));
    const grown = new Float64Array(end - first);
    if (!isEmpty) grown.set(this.#window, this.#first - first);
    this.#first = first;
    this.#window = grown;
  }
}
