/** The largest value of the last so many steps; NaN takes up a step and is no value. */
export class LargestWindow {
  readonly #size: number;
  /** Values that nothing later exceeds, falling, and the steps they are of. */
  readonly #values: number[] = [];
  readonly #steps: number[] = [];
  #next = 0;

  constructor(size: number) {
    this.#size = size;
  }

  push(value: number): void {
    if (!Number.isNaN(value)) {
      while ((this.#values.at(-1) ?? Number.POSITIVE_INFINITY) <= value) {
        this.#values.pop();
        this.#steps.pop();
      }
      this.#values.push(value);
      this.#steps.push(this.#next);
    }
    this.#next += 1;
    if ((this.#steps[0] ?? this.#next) > this.#next - 1 - this.#size) return;
    this.#values.shift();
    this.#steps.shift();
  }

  get isEmpty(): boolean {
    return this.#values.length === 0;
  }

  /** NaN of none. */
  get largest(): number {
    return this.#values[0] ?? Number.NaN;
  }
}
