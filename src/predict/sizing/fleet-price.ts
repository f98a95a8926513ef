/** Fewer events expected a day than this say too little for the price to move faster. */
const leastEventsPerDay = 2;
/** The price stays within this factor of where it began. */
const furthest = 100;

/**
 * The price of one exceedance, steered so that as many happen in the fleet as were promised: an integral controller on its logarithm. A day without
 * any raises risk by the gain, a day with twice as many as promised lowers it by the same.
 */
export class FleetPrice {
  readonly #gain: number;
  readonly #begin: number;
  #logFactor = 0;

  constructor(begin: number, gainPerDay: number) {
    this.#begin = begin;
    this.#gain = gainPerDay;
  }

  get price(): number {
    return this.#begin * Math.exp(this.#logFactor);
  }

  get logFactor(): number {
    return this.#logFactor;
  }

  /** `expected` events were promised for a stretch of so many days, and so many happened. */
  steer(happened: number, expected: number, days: number): void {
    const perDay = Math.max(expected / Math.max(days, 1e-9), leastEventsPerDay);
    const moved = this.#logFactor + (this.#gain * (happened - expected)) / perDay;
    const bound = Math.log(furthest);
    this.#logFactor = Math.max(-bound, Math.min(bound, moved));
  }

  load(logFactor: number): void {
    this.#logFactor = logFactor;
  }
}
