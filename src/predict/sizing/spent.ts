/** What a container used up of a promise of late: half of it is forgotten after a half-life. */
export class Spent {
  readonly #keptHourly: number;
  readonly #prior: number;
  #amount = 0;
  #exceeded = 0;

  /** `prior`: so much (steps, days) counts as if it had gone as promised, so that little says little. */
  constructor(halfLifeHours: number, prior: number) {
    this.#keptHourly = 2 ** (-1 / halfLifeHours);
    this.#prior = prior;
  }

  add(amount: number, exceeded: number): void {
    this.#amount += amount;
    this.#exceeded += exceeded;
  }

  closeHour(): void {
    this.#amount *= this.#keptHourly;
    this.#exceeded *= this.#keptHourly;
  }

  /** In promised shares: 1 is as promised. */
  of(promised: number): number {
    return (this.#exceeded / promised + this.#prior) / (this.#amount + this.#prior);
  }

  save(): readonly [amount: number, exceeded: number] {
    return [this.#amount, this.#exceeded];
  }

  load([amount = 0, exceeded = 0]: readonly number[]): void {
    this.#amount = amount;
    this.#exceeded = exceeded;
  }
}
