/** How far a plan is: the share of its work that is done, and about how long the rest takes. */
export interface Progress {
  readonly share: number;
  readonly secondsLeft: number;
}

/** Sums up how far the tasks of a plan are, each by its weight. */
export class Meter {
  readonly #weights: readonly number[];
  readonly #shares: Float64Array;
  readonly #onProgress: (progress: Progress) => void;
  readonly #began = performance.now();

  constructor(weights: readonly number[], onProgress: (progress: Progress) => void) {
    this.#weights = weights;
    this.#shares = new Float64Array(weights.length);
    this.#onProgress = onProgress;
  }

  /** What a task tells its share to. */
  of(task: number): (share: number) => void {
    return (share) => {
      this.#shares[task] = share;
      const all = this.#weights.reduce((sum, weight) => sum + weight, 0);
      const done = this.#weights.reduce((sum, weight, i) => sum + weight * (this.#shares[i] ?? 0), 0) / all;
      const spent = (performance.now() - this.#began) / 1000;
      if (done > 0) this.#onProgress({ share: done, secondsLeft: (spent * (1 - done)) / done });
    };
  }
}
