const firstWaitSeconds = 0.25;
const longestWaitSeconds = 30;

/** Waits between tries that double, until nothing has succeeded for `budgetSeconds`. `random` gives 0–1. */
export class RetryBudget {
  readonly #budgetSeconds: number;
  readonly #random: () => number;
  /** Since when nothing succeeded, by the monotonic clock. */
  #failingSince: number | undefined;
  #failures = 0;

  constructor(budgetSeconds: number, random: () => number) {
    this.#budgetSeconds = budgetSeconds;
    this.#random = random;
  }

  /** Failures in a row. */
  get failures(): number {
    return this.#failures;
  }

  succeeded(): void {
    this.#failingSince = undefined;
    this.#failures = 0;
  }

  /** How many seconds to wait before the next try, at least what the server asked for; undefined when the budget is spent: the next failure starts a new one. */
  failed(askedToWaitSeconds: number): number | undefined {
    const now = performance.now();
    this.#failures += 1;
    this.#failingSince ??= now;
    const spent = (now - this.#failingSince) / 1000;
    if (spent >= this.#budgetSeconds) {
      this.succeeded();
      return undefined;
    }
    // Drawn from the upper half of the span, so that replicas do not come back together; the last wait ends with the budget.
    const span = Math.min(longestWaitSeconds, firstWaitSeconds * 2 ** (this.#failures - 1));
    const drawn = span / 2 + (this.#random() * span) / 2;
    return Math.min(Math.max(drawn, askedToWaitSeconds), Math.max(0.01, this.#budgetSeconds - spent));
  }
}
