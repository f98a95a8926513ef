const cells = 60;
/** Chances below this are not told apart. */
const leastChance = 1e-5;
const cellsPerLog = cells / -Math.log(leastChance);

/**
 * How often what a curve held for that unlikely came to pass, half forgotten after a half-life: a curve that keeps its word sees what it gives
 * a chance p or less in a share p of the cases. Its own word counts for so many cases, so that a short record bends it little.
 * Conformal prediction with decaying weights on probabilities (Barber and others, Ann. Stat. 51, 2023).
 */
export class KeptRecord {
  readonly #keptHourly: number;
  readonly #wordCases: number;
  readonly #cases = new Float64Array(cells + 1);
  /** Cases in a cell or a less likely one. */
  readonly #beyond = new Float64Array(cells + 2);
  #total = 0;

  constructor(halfLifeHours: number, wordCases: number) {
    this.#keptHourly = 2 ** (-1 / halfLifeHours);
    this.#wordCases = wordCases;
  }

  /** The chances that were given to an hour's samples. */
  add(chances: readonly number[]): void {
    for (let cell = 0; cell <= cells; cell += 1) this.#cases[cell] = (this.#cases[cell] ?? 0) * this.#keptHourly;
    this.#total = this.#total * this.#keptHourly + chances.length;
    for (const chance of chances) {
      const cell = Math.floor(cellOf(chance));
      this.#cases[cell] = (this.#cases[cell] ?? 0) + 1;
    }
    for (let cell = cells; cell >= 0; cell -= 1)
      this.#beyond[cell] = (this.#beyond[cell + 1] ?? 0) + (this.#cases[cell] ?? 0);
  }

  /** What a chance that a curve gives has been worth. */
  worthOf(chance: number): number {
    const at = cellOf(chance);
    const cell = Math.floor(at);
    const share = at - cell;
    const count = (this.#beyond[cell] ?? 0) * (1 - share) + (this.#beyond[cell + 1] ?? 0) * share;
    return (count + this.#wordCases * chance) / (this.#total + this.#wordCases);
  }

  /** That of each chance of a curve: those that are sure or none stay so. */
  worthOfAll(curve: Float64Array): Float64Array {
    const worth = new Float64Array(curve.length);
    let [last, lastWorth] = [Number.NaN, 0];
    for (let bucket = 0; bucket < curve.length; bucket += 1) {
      const chance = curve[bucket] ?? 0;
      if (chance !== last) [last, lastWorth] = [chance, this.worthOf(chance)];
      worth[bucket] = lastWorth;
    }
    return worth;
  }

  save(): Float64Array {
    return Float64Array.of(this.#total, ...this.#cases);
  }

  load(numbers: Float64Array): void {
    this.#total = numbers[0] ?? 0;
    this.#cases.set(numbers.subarray(1, cells + 2));
    for (let cell = cells; cell >= 0; cell -= 1)
      this.#beyond[cell] = (this.#beyond[cell + 1] ?? 0) + (this.#cases[cell] ?? 0);
  }
}

function cellOf(chance: number): number {
  return Math.max(0, Math.min(cells, -Math.log(Math.max(chance, leastChance)) * cellsPerLog));
}
