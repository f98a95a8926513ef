/** Further than this is no gap and no late sample: the clock was set, or the series was away for long. */
const furthestSeconds = 21 * 86_400;

/**
 * The time by which a model ages. It follows the samples' times, but a leap of more than three weeks moves it by three weeks (forwards) or
 * not at all (backwards): one sample stamped a year ahead must not outweigh all others, and a clock that was set back must not
 * make the new samples count for nothing.
 */
export class ModelTime {
  /** The newest sample's own time; −Infinity before the first. */
  lastSeconds = Number.NEGATIVE_INFINITY;
  #offsetSeconds = 0;

  get isEmpty(): boolean {
    return this.lastSeconds === Number.NEGATIVE_INFINITY;
  }

  /** Model time of the newest sample; −Infinity before the first. */
  get newest(): number {
    return this.lastSeconds + this.#offsetSeconds;
  }

  /** Takes the time of a sample and gives its model time. */
  advance(timeSeconds: number): number {
    const moved = this.isEmpty ? 0 : timeSeconds - this.lastSeconds;
    if (Math.abs(moved) > furthestSeconds) {
      this.#offsetSeconds = this.newest + (moved > 0 ? furthestSeconds : 0) - timeSeconds;
      this.lastSeconds = timeSeconds;
    } else {
      this.lastSeconds = Math.max(this.lastSeconds, timeSeconds);
    }
    return timeSeconds + this.#offsetSeconds;
  }

  save(): readonly [lastSeconds: number, offsetSeconds: number] {
    return [this.lastSeconds, this.#offsetSeconds];
  }

  load([lastSeconds = Number.NEGATIVE_INFINITY, offsetSeconds = 0]: readonly (number | undefined)[]): void {
    this.lastSeconds = lastSeconds;
    this.#offsetSeconds = offsetSeconds;
  }
}
