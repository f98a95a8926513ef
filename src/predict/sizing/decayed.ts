import type { Span } from './like-hours.ts';

/** Below this a weight is none. */
const negligible = 1e-9;

/** A histogram over a span of buckets that forgets: what was added counts half after a half-life. */
export class Decayed {
  readonly #kept: number;
  weights: Float32Array = new Float32Array(0);
  total = 0;

  constructor(halfLifeHours: number) {
    this.#kept = 2 ** (-1 / halfLifeHours);
  }

  /** One hour later, with its outcomes; `before` is the span so far, `span` holds it and all outcomes. */
  add(outcomes: ArrayLike<number>, before: Span | undefined, span: Span): void {
    if (before === undefined || before.low !== span.low || before.high !== span.high) this.#widen(before, span);
    const { weights } = this;
    const kept = this.#kept;
    for (let i = 0; i < weights.length; i += 1) {
      const weight = (weights[i] ?? 0) * kept;
      weights[i] = weight > negligible ? weight : 0;
    }
    for (let o = 0; o < outcomes.length; o += 1) {
      const at = (outcomes[o] ?? 0) - span.low;
      weights[at] = (weights[at] ?? 0) + 1;
    }
    this.total = this.total * kept + outcomes.length;
  }

  #widen(before: Span | undefined, { low, high }: Span): void {
    const weights = new Float32Array(high - low + 1);
    if (before !== undefined) weights.set(this.weights, before.low - low);
    this.weights = weights;
  }
}
