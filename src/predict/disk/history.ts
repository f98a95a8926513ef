import { damageCounters } from '../../core/disk.ts';

const keptDays = 90;
const width = damageCounters.length;

/** What is remembered of one disk: the last and the highest value of each counter, and when it grew within the last 90 days. */
export class DiskHistory {
  readonly last = new Float64Array(width).fill(Number.NaN);
  readonly highest = new Float64Array(width).fill(Number.NaN);
  /** Newest row's day. */
  day = -1;
  /** Whether the newest row may have changed anything that is computed of the disk, other than its age. */
  isChanged = true;
  // Days and amounts of growth, oldest first; most disks never have one.
  #grown: { readonly counter: number; readonly day: number; readonly amount: number }[] | undefined;

  /** Takes the values of one day, NaN where none is reported. A second row of a day adds to the first; earlier days are refused by readers. */
  update(day: number, counters: Float64Array): void {
    this.isChanged = this.day < 0 || this.#grown !== undefined;
    for (let i = 0; i < width; i += 1) {
      const value = counters[i] ?? Number.NaN;
      const before = this.last[i] ?? Number.NaN;
      // What is missing on one day is what was reported before.
      if (Number.isNaN(value) || value === before) continue;
      this.isChanged = true;
      if (value > before) this.#noteGrowth(i, day, value - before);
      this.last[i] = value;
      const highest = this.highest[i] ?? Number.NaN;
      if (!(highest >= value)) this.highest[i] = value;
    }
    this.day = day;
    this.#forget(day);
  }

  /** How many times one counter grew in the last days, and by how much in all. */
  growth(counter: number, days: number): { readonly times: number; readonly amount: number } {
    let times = 0;
    let amount = 0;
    for (const one of this.#grown ?? []) {
      if (one.counter !== counter || one.day <= this.day - days) continue;
      times += 1;
      amount += one.amount;
    }
    return { times, amount };
  }

  get hasGrown(): boolean {
    return this.#grown !== undefined;
  }

  #noteGrowth(counter: number, day: number, amount: number): void {
    this.#grown ??= [];
    this.#grown.push({ counter, day, amount });
  }

  #forget(day: number): void {
    const grown = this.#grown;
    if (grown === undefined) return;
    let keep = 0;
    while (keep < grown.length && (grown[keep]?.day ?? 0) <= day - keptDays) keep += 1;
    if (keep > 0) this.#grown = keep === grown.length ? undefined : grown.slice(keep);
  }
}
