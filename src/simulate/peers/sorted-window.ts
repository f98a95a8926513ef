/** The values of the last so many steps, always sorted: ranks are read at once. NaN takes up a step and is no value. */
export class SortedWindow {
  readonly #size: number;
  #sorted = new Float64Array(64);
  #count = 0;
  /** In their order, to know what leaves; not kept where nothing ever does. */
  readonly #steps: Float64Array | undefined;
  #next = 0;

  /** Infinity keeps all. */
  constructor(size: number) {
    this.#size = size;
    this.#steps = Number.isFinite(size) ? new Float64Array(size).fill(Number.NaN) : undefined;
  }

  get count(): number {
    return this.#count;
  }

  push(value: number): void {
    if (this.#steps !== undefined) {
      const at = this.#next % this.#size;
      const leaving = this.#steps[at] ?? Number.NaN;
      if (!Number.isNaN(leaving)) this.#remove(leaving);
      this.#steps[at] = value;
      this.#next += 1;
    }
    if (!Number.isNaN(value)) this.#insert(value);
  }

  /** The value at rank ⌈share · count⌉, at least the first; NaN of none. */
  quantile(share: number): number {
    if (this.#count === 0) return Number.NaN;
    return this.#sorted[Math.max(Math.ceil(share * this.#count) - 1, 0)] ?? Number.NaN;
  }

  get largest(): number {
    return this.#count === 0 ? Number.NaN : (this.#sorted[this.#count - 1] ?? Number.NaN);
  }

  #insert(value: number): void {
    if (this.#count === this.#sorted.length) {
      const more = new Float64Array(2 * this.#sorted.length);
      more.set(this.#sorted);
      this.#sorted = more;
    }
    const at = this.#placeOf(value);
    this.#sorted.copyWithin(at + 1, at, this.#count);
    this.#sorted[at] = value;
    this.#count += 1;
  }

  #remove(value: number): void {
    const at = this.#placeOf(value);
    this.#sorted.copyWithin(at, at + 1, this.#count);
    this.#count -= 1;
  }

  /** Of the first value that is not smaller. */
  #placeOf(value: number): number {
    let [low, high] = [0, this.#count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#sorted[middle] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
