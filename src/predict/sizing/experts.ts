/** Weights of experts by their decayed log scores: those that saw better what came count more, and none is ever out. */
export class Experts {
  readonly scores: Float64Array;
  readonly #learning: number;
  readonly #kept: number;
  readonly #shared: number;

  constructor(count: number, { learning, kept, shared }: { learning: number; kept: number; shared: number }) {
    this.scores = new Float64Array(count);
    this.#learning = learning;
    this.#kept = kept;
    this.#shared = shared;
  }

  /** The log likelihood that an expert gave to what came. */
  score(expert: number, logLikelihood: number): void {
    this.scores[expert] = (this.scores[expert] ?? 0) * this.#kept + this.#learning * logLikelihood;
  }

  /** Sum to 1. A fixed share for each lets the mixture follow a change of regime (Herbster and Warmuth, Machine Learning 32, 1998). */
  weights(): Float64Array {
    const best = this.scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const weights = this.scores.map((score) => Math.exp(score - best));
    const sum = weights.reduce((a, b) => a + b, 0);
    return weights.map((weight) => (1 - this.#shared) * (weight / sum) + this.#shared / weights.length);
  }
}
