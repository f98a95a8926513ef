import type { UsedHistory } from './used-history.ts';

const mostPoints = 512;

/**
 * A course in bounded memory: at most 512 points. When it is full every second one goes, and from then on points must lie twice as far apart; the newest
 * measurement is always there. NaN values are not taken.
 */
export class ThinnedSeries {
  #times: number[] = [];
  #values: number[] = [];
  /** Points are at least so far apart. */
  #apartSeconds = 0;
  #newest: { readonly time: number; readonly value: number } | undefined;

  /** One that goes on from the history of another. */
  static of({ times, used }: UsedHistory): ThinnedSeries {
    const series = new ThinnedSeries();
    for (const [i, time] of times.entries()) series.add(time, used[i] ?? Number.NaN);
    return series;
  }

  add(timeSeconds: number, value: number): void {
    if (!Number.isFinite(value) || !Number.isFinite(timeSeconds)) return;
    if (timeSeconds <= (this.#newest?.time ?? Number.NEGATIVE_INFINITY)) return;
    this.#newest = { time: timeSeconds, value };
    if (timeSeconds - (this.#times.at(-1) ?? Number.NEGATIVE_INFINITY) < this.#apartSeconds) return;
    this.#times.push(timeSeconds);
    this.#values.push(value);
    if (this.#times.length > mostPoints) this.#thin();
  }

  /** Everything that is kept, oldest first. */
  history(): UsedHistory {
    const [times, values] = [[...this.#times], [...this.#values]];
    if (this.#newest !== undefined && this.#newest.time > (times.at(-1) ?? Number.NEGATIVE_INFINITY)) {
      times.push(this.#newest.time);
      values.push(this.#newest.value);
    }
    return { times: Float64Array.from(times), used: Float64Array.from(values) };
  }

  #thin(): void {
    const span = (this.#times.at(-1) ?? 0) - (this.#times[0] ?? 0);
    this.#apartSeconds = Math.max(this.#apartSeconds * 2, (2 * span) / mostPoints);
    const kept = [...this.#times.keys()].filter((i) => i % 2 === 0);
    [this.#times, this.#values] = [kept.map((i) => this.#times[i] ?? 0), kept.map((i) => this.#values[i] ?? 0)];
  }
}
