import { BarographError } from '../../core/errors.ts';

/** What one hour was like, as buckets of the grid. */
export interface Hour {
  /** Its highest value, that of its second half, and the highest of the last hours. */
  readonly peak: number;
  readonly near: number;
  readonly recent: number;
  readonly samples: Uint16Array;
}

/** The last hours of a series, oldest first: what is looked up when hours like the present one are asked for. */
export class Hours {
  readonly #kept: number;
  #hours: Hour[] = [];

  constructor(kept: number) {
    this.#kept = kept;
  }

  get count(): number {
    return this.#hours.length;
  }

  /** Counted from the newest, which is 0. */
  back(hours: number): Hour | undefined {
    return this.#hours[this.#hours.length - 1 - hours];
  }

  /** The highest bucket of the last hours. */
  peak(hours: number): number {
    let highest = 0;
    for (let i = 0; i < hours; i += 1) highest = Math.max(highest, this.back(i)?.peak ?? 0);
    return highest;
  }

  add(hour: Hour): void {
    this.#hours.push(hour);
    // Trimmed by blocks: moving the rest each hour would cost more than the block's memory.
    if (this.#hours.length > this.#kept + 24) this.#hours.splice(0, 24);
  }

  /** Each hour as peak, near, recent, how many samples, samples. */
  save(): Float32Array {
    return Float32Array.from(
      this.#hours.flatMap(({ peak, near, recent, samples }) => [peak, near, recent, samples.length, ...samples]),
    );
  }

  /** Throws OUTLOOK_INVALID when an hour is cut or a bucket is beyond the grid. */
  load(numbers: Float32Array, buckets: number): void {
    const hours: Hour[] = [];
    for (let at = 0; at < numbers.length; ) {
      const [peak = 0, near = 0, recent = 0, count = -1] = numbers.subarray(at, at + 4);
      const samples = numbers.subarray(at + 4, at + 4 + count);
      const isWhole = samples.length === count && count > 0;
      if (!isWhole || [peak, near, recent, ...samples].some((bucket) => !(bucket >= 0 && bucket < buckets))) {
        throw new BarographError('OUTLOOK_INVALID', 'the hours of a demand cannot be used: one is cut or off the grid');
      }
      hours.push({ peak, near, recent, samples: Uint16Array.from(samples) });
      at += 4 + count;
    }
    this.#hours = hours;
  }
}
