import { BarographError } from '../../core/errors.ts';

/** Chances are kept in 16 bits: a likelihood is never taken for less than six of their steps. */
const scale = 65_535;
const leastLikelihood = 1e-4;
/** Numbers in front of one in the saved form: its hour in two, the first bucket, how many buckets. */
const heads = 4;
const word = 65_536;

/** What experts expected in one hour: a row of chances for each, from bucket `low` on; below it all is exceeded, beyond the row nothing. */
export class Foreseen {
  readonly hour: number;
  readonly #low: number;
  readonly #length: number;
  readonly #chances: Uint16Array;

  constructor(hour: number, low: number, length: number, chances: Uint16Array) {
    this.hour = hour;
    this.#low = low;
    this.#length = length;
    this.#chances = chances;
  }

  static of(hour: number, low: number, curves: readonly Float64Array[]): Foreseen {
    const length = curves[0]?.length ?? 0;
    const chances = new Uint16Array(curves.length * length);
    for (const [expert, curve] of curves.entries()) {
      for (let i = 0; i < length; i += 1) chances[expert * length + i] = Math.round(Math.min(1, curve[i] ?? 0) * scale);
    }
    return new Foreseen(hour, low, length, chances);
  }

  /** The probability that an expert gave to a bucket and its neighbours; never 0, so that one surprise does not silence it for good. */
  likelihood(expert: number, bucket: number): number {
    return Math.max(leastLikelihood, this.#chance(expert, bucket - 2) - this.#chance(expert, bucket + 1));
  }

  save(): number[] {
    return [Math.floor(this.hour / word), this.hour % word, this.#low, this.#length, ...this.#chances];
  }

  /** All that save gave, one after the other. Throws OUTLOOK_INVALID when one is cut. */
  static restore(numbers: Uint16Array, experts: number): Foreseen[] {
    const all: Foreseen[] = [];
    for (let at = 0; at < numbers.length; ) {
      const [high = 0, rest = 0, low = 0, length = 0] = numbers.subarray(at, at + heads);
      const chances = numbers.slice(at + heads, at + heads + experts * length);
      if (chances.length !== experts * length) {
        throw new BarographError('OUTLOOK_INVALID', 'what was foreseen of a demand cannot be used: it is cut');
      }
      all.push(new Foreseen(high * word + rest, low, length, chances));
      at += heads + chances.length;
    }
    return all;
  }

  #chance(expert: number, bucket: number): number {
    const at = bucket - this.#low;
    if (at < 0) return 1;
    return at < this.#length ? (this.#chances[expert * this.#length + at] ?? 0) / scale : 0;
  }
}
