const firstSeconds = 0.5;
const longestSeconds = 60;

/** Waits that double up to a minute; each is drawn from the upper half of its span, so that replicas do not come back together. */
export class Backoff {
  readonly #random: () => number;
  #nextSeconds = firstSeconds;

  constructor(random: () => number) {
    this.#random = random;
  }

  nextSeconds(): number {
    const span = this.#nextSeconds;
    this.#nextSeconds = Math.min(longestSeconds, span * 2);
    return span / 2 + (this.#random() * span) / 2;
  }

  reset(): void {
    this.#nextSeconds = firstSeconds;
  }
}
