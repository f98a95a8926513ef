/**
 * The values of the last so many steps, sorted when they are asked for: what came and went since is merged in one pass, since a thousand windows do not fit into a
 * processor's cache and each pass costs. NaN takes up a step and is no value.
 */
export class SortedWindow {
  readonly #size: number;
  /** In their order, to know what leaves; not kept where nothing ever does. */
  readonly #steps: Float64Array | undefined;
  #sorted = new Float64Array(64);
  #sortedCount = 0;
  #came: number[] = [];
  #left: number[] = [];
  #next = 0;

  /** Infinity keeps all. */
  constructor(size: number) {
    this.#size = size;
    this.#steps = Number.isFinite(size) ? new Float64Array(size).fill(Number.NaN) : undefined;
  }

  get count(): number {
    return this.#sortedCount + this.#came.length - this.#left.length;
  }

  push(value: number): void {
    if (this.#steps !== undefined) {
      const at = this.#next % this.#size;
      const leaving = this.#steps[at] ?? Number.NaN;
      if (!Number.isNaN(leaving)) this.#left.push(leaving);
      this.#steps[at] = value;
      this.#next += 1;
    }
    if (!Number.isNaN(value)) this.#came.push(value);
  }

  /** The value at rank ⌈share · count⌉, at least the first; NaN of none. */
  quantile(share: number): number {
    this.#merge();
    if (this.#sortedCount === 0) return Number.NaN;
    return this.#sorted[Math.max(Math.ceil(share * this.#sortedCount) - 1, 0)] ?? Number.NaN;
  }

  /** First what came, from the end on, so that all that left is there to be taken out. */
  #merge(): void {
    if (this.#came.length > 0) this.#insert(this.#came.sort(ascending));
    if (this.#left.length > 0) this.#remove(this.#left.sort(ascending));
    this.#came = [];
    this.#left = [];
  }

  #insert(came: readonly number[]): void {
    const count = this.#sortedCount + came.length;
    if (count > this.#sorted.length) {
      const more = new Float64Array(Math.max(2 * this.#sorted.length, count));
      more.set(this.#sorted);
      this.#sorted = more;
    }
    const sorted = this.#sorted;
    let held = this.#sortedCount - 1;
    let to = count - 1;
    for (let i = came.length - 1; i >= 0; i -= 1) {
      const value = came[i] ?? 0;
      while (held >= 0 && (sorted[held] ?? 0) > value) {
        sorted[to] = sorted[held] ?? 0;
        held -= 1;
        to -= 1;
      }
      sorted[to] = value;
      to -= 1;
    }
    this.#sortedCount = count;
  }

  #remove(left: readonly number[]): void {
    const sorted = this.#sorted;
    let next = 0;
    let to = 0;
    for (let from = 0; from < this.#sortedCount; from += 1) {
      const value = sorted[from] ?? 0;
      if (next < left.length && value === left[next]) next += 1;
      else {
        sorted[to] = value;
        to += 1;
      }
    }
    this.#sortedCount = to;
  }
}

function ascending(a: number, b: number): number {
  return a - b;
}
