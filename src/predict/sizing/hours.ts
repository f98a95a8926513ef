import { BarographError } from '../../core/errors.ts';

/** What one hour was like, as buckets of the grid. */
export interface Hour {
  /** Its highest value, that of its second half, and the highest of the last hours. */
  readonly peak: number;
  readonly near: number;
  readonly recent: number;
  /** Empty where only the highest value counts. */
  readonly samples: ArrayLike<number>;
}

/** Room for so many hours to begin with; it doubles. */
const firstRoom = 48;
/** The oldest are dropped by so many at once: moving the rest each hour would cost more than their memory. */
const dropped = 24;
/** Numbers in front of an hour's samples in the saved form. */
const heads = 4;

/**
 * The last hours of a series, oldest first: what is looked up when hours like the present one are asked for. Columns of 16 bits, since a fleet has millions of
 * hours. `after` is the highest of the `horizon` hours that followed an hour, known once they are over.
 */
export class Hours {
  readonly #kept: number;
  readonly #horizon: number;
  /** Samples of an hour at most, so far: the row length of the samples' column. */
  #stride = 0;
  #count = 0;
  #peak = new Uint16Array(0);
  #near = new Uint16Array(0);
  #recent = new Uint16Array(0);
  #after = new Uint16Array(0);
  #lengths = new Uint8Array(0);
  #samples = new Uint16Array(0);

  constructor(kept: number, horizon: number) {
    this.#kept = kept;
    this.#horizon = horizon;
  }

  get count(): number {
    return this.#count;
  }

  /** Columns, oldest hour first; only the first `count` entries hold something. */
  get near(): Uint16Array {
    return this.#near;
  }

  get recent(): Uint16Array {
    return this.#recent;
  }

  get after(): Uint16Array {
    return this.#after;
  }

  /** The peak of the newest hour; 0 before the first. */
  get newestPeak(): number {
    return this.#peak[this.#count - 1] ?? 0;
  }

  /** The samples of an hour, by its place from the oldest. */
  samplesAt(index: number): Uint16Array {
    const begin = index * this.#stride;
    return this.#samples.subarray(begin, begin + (this.#lengths[index] ?? 0));
  }

  /** The highest bucket of the last hours. */
  peak(hours: number): number {
    let highest = 0;
    for (let i = Math.max(0, this.#count - hours); i < this.#count; i += 1)
      highest = Math.max(highest, this.#peak[i] ?? 0);
    return highest;
  }

  add({ peak, near, recent, samples }: Hour): void {
    this.#makeRoom(samples.length);
    const at = this.#count;
    this.#peak[at] = peak;
    this.#near[at] = near;
    this.#recent[at] = recent;
    this.#after[at] = 0;
    this.#lengths[at] = samples.length;
    this.#samples.set(samples, at * this.#stride);
    for (let i = Math.max(0, at - this.#horizon); i < at; i += 1) this.#after[i] = Math.max(this.#after[i] ?? 0, peak);
    this.#count += 1;
  }

  /** Each hour as peak, near, recent, how many samples, samples. */
  save(): Uint16Array {
    const numbers: number[] = [];
    for (let i = 0; i < this.#count; i += 1) {
      const samples = this.samplesAt(i);
      numbers.push(this.#peak[i] ?? 0, this.#near[i] ?? 0, this.#recent[i] ?? 0, samples.length, ...samples);
    }
    return Uint16Array.from(numbers);
  }

  /** Throws OUTLOOK_INVALID when an hour is cut or a bucket is beyond the grid. */
  load(numbers: Uint16Array, buckets: number): void {
    this.#count = 0;
    for (let at = 0; at < numbers.length; ) {
      const [peak = 0, near = 0, recent = 0, count = -1] = numbers.subarray(at, at + heads);
      const samples = numbers.subarray(at + heads, at + heads + count);
      const isWhole = samples.length === count;
      if (!isWhole || Math.max(peak, near, recent, ...samples) >= buckets) {
        throw new BarographError('OUTLOOK_INVALID', 'the hours of a demand cannot be used: one is cut or off the grid');
      }
      this.add({ peak, near, recent, samples });
      at += heads + count;
    }
  }

  #makeRoom(samples: number): void {
    if (this.#count >= this.#kept + dropped) this.#drop();
    const room = this.#peak.length;
    const isFull = this.#count === room;
    if (!isFull && samples <= this.#stride) return;
    const wanted = isFull ? Math.min(this.#kept + dropped, Math.max(firstRoom, 2 * room)) : room;
    const grown = (column: Uint16Array): Uint16Array<ArrayBuffer> => {
      const more = new Uint16Array(wanted);
      more.set(column.subarray(0, this.#count));
      return more;
    };
    [this.#peak, this.#near] = [grown(this.#peak), grown(this.#near)];
    [this.#recent, this.#after] = [grown(this.#recent), grown(this.#after)];
    const lengths = new Uint8Array(wanted);
    lengths.set(this.#lengths.subarray(0, this.#count));
    const stride = Math.max(this.#stride, samples);
    const rows = new Uint16Array(wanted * stride);
    for (let i = 0; i < this.#count; i += 1) rows.set(this.samplesAt(i), i * stride);
    this.#lengths = lengths;
    this.#samples = rows;
    this.#stride = stride;
  }

  #drop(): void {
    for (const column of [this.#peak, this.#near, this.#recent, this.#after])
      column.copyWithin(0, dropped, this.#count);
    this.#lengths.copyWithin(0, dropped, this.#count);
    this.#samples.copyWithin(0, dropped * this.#stride, this.#count * this.#stride);
    this.#count -= dropped;
  }
}
