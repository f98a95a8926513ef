/** The last so many steps of one container, in their order; NaN where there was no sample. */
export class SlidingWindow {
  readonly #values: Float64Array;
  #steps = 0;

  constructor(size: number) {
    this.#values = new Float64Array(size).fill(Number.NaN);
  }

  push(value: number): void {
    this.#values[this.#steps % this.#values.length] = value;
    this.#steps += 1;
  }

  /** Copies what is measured of the steps from `from` to `to` steps ago (the latter not) into an array; gives how many those are. */
  copy(from: number, to: number, into: Float64Array): number {
    const size = this.#values.length;
    let count = 0;
    for (let step = Math.max(0, this.#steps - from); step < this.#steps - to; step += 1) {
      const value = this.#values[step % size] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      into[count] = value;
      count += 1;
    }
    return count;
  }
}
