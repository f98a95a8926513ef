/** What was measured on even steps of five minutes, oldest first, NaN in gaps. Only the first `known` are looked at. */
export interface Course {
  readonly values: Float32Array;
  readonly known: number;
}

export const courseStepSeconds = 300;
export const stepsPerHour = 12;
export const stepsPerDay = 288;
/** Four weeks are remembered. */
export const mostSteps = 28 * stepsPerDay;
/** So much more room, so that old steps are dropped a day at a time. */
const slack = stepsPerDay;

/** The newest four weeks of one series in one stretch of memory, which grows as they come. */
export class CourseKeeper {
  #values = new Float32Array(slack);
  #known = 0;
  /** Of the newest step: its number since 1970, and how many samples its value is the mean of. */
  #newestSlot = Number.NEGATIVE_INFINITY;
  #samples = 0;

  get course(): Course {
    return { values: this.#values, known: this.#known };
  }

  /** The newest step's number since 1970; −Infinity before the first sample. */
  get newestSlot(): number {
    return this.#newestSlot;
  }

  /** Samples of one step are averaged while it is the newest; a late sample only fills a gap. Says how many steps began. */
  take(slot: number, value: number): number {
    if (this.#known === 0) return this.#begin(slot, value);
    const moved = slot - this.#newestSlot;
    if (moved > 0) {
      this.#extend(Math.min(moved, mostSteps + 1));
      this.#newestSlot = slot;
      this.#values[this.#known - 1] = value;
      this.#samples = 1;
      return moved;
    }
    const place = this.#known - 1 + moved;
    if (moved === 0) {
      this.#samples += 1;
      const held = this.#values[place] ?? 0;
      this.#values[place] = held + (value - held) / this.#samples;
    } else if (place >= 0 && Number.isNaN(this.#values[place])) {
      this.#values[place] = value;
    }
    return 0;
  }

  /** The numbers that `load` reads, and the steps. */
  save(): readonly [numbers: Float64Array, values: Float32Array] {
    return [Float64Array.of(this.#known, this.#newestSlot, this.#samples), this.#values.slice(0, this.#known)];
  }

  load([known = 0, newestSlot = Number.NEGATIVE_INFINITY, samples = 0]: Float64Array, values: Float32Array): void {
    this.#values = new Float32Array(Math.max(slack, known));
    this.#values.set(values);
    this.#known = known;
    this.#newestSlot = newestSlot;
    this.#samples = samples;
  }

  #begin(slot: number, value: number): number {
    this.#newestSlot = slot;
    this.#known = 1;
    this.#values[0] = value;
    this.#samples = 1;
    return 1;
  }

  #extend(steps: number): void {
    if (this.#known + steps > mostSteps + slack) {
      const kept = Math.max(0, Math.min(this.#known, mostSteps - steps));
      this.#values.copyWithin(0, this.#known - kept, this.#known);
      this.#known = kept;
    }
    const needed = this.#known + steps;
    if (needed > this.#values.length) {
      const larger = new Float32Array(Math.min(mostSteps + slack, Math.max(needed, 2 * this.#values.length)));
      larger.set(this.#values.subarray(0, this.#known));
      this.#values = larger;
    }
    this.#values.fill(Number.NaN, this.#known, this.#known + steps);
    this.#known += steps;
  }
}
