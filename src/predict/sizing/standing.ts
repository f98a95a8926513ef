import { packNumbers, unpackFloats } from '../../core/framing.ts';
import type { PerResource } from '../../core/resource.ts';
import type { CurvePart } from './curve.ts';

/**
 * What a container would have, had it followed: against this the promise is kept. Where requests are changed as containers run that is the newest
 * target; where a container keeps what it got when it was made, the target of then, until it is made anew.
 */
export class Standing {
  readonly #renewedHours: number;
  readonly #stagger: number;
  requests: PerResource<number> | undefined;
  #until = Number.NEGATIVE_INFINITY;
  #hasRunOut = false;
  /** What was expected of CPU when the requests were made. */
  #curve: CurvePart | undefined;

  constructor(renewedHours: number, stagger: number) {
    this.#renewedHours = renewedHours;
    this.#stagger = stagger;
  }

  /** Memory ran out; whether that counts: what keeps its request until it is renewed would run out again and again. */
  runOut(): boolean {
    const counts = !this.#hasRunOut || this.#renewedHours === 1;
    this.#hasRunOut = true;
    return counts;
  }

  follow(hour: number, targets: PerResource<number>, curve: CurvePart | undefined): void {
    if (this.#renewedHours > 1 && hour < this.#until) return;
    const isFirst = this.requests === undefined;
    this.#until = hour + Math.max(1, Math.round(this.#renewedHours * (isFirst ? this.#stagger : 1)));
    this.requests = targets;
    this.#curve = curve;
    this.#hasRunOut = false;
  }

  /** After a kill: what runs is changed at once only where it is changed as it runs. */
  answer(targets: PerResource<number>): void {
    if (this.#renewedHours === 1) this.requests = targets;
  }

  /** The chances that were given to samples, as buckets; half of the bucket lies above the sample on average. */
  chancesOf(samples: readonly number[]): number[] | undefined {
    const curve = this.#curve;
    if (curve === undefined) return undefined;
    return samples.map((bucket) => (chanceAt(curve, bucket) + chanceAt(curve, bucket - 1)) / 2);
  }

  save(): readonly Uint8Array[] {
    const { cpu = Number.NaN, memory = Number.NaN } = this.requests ?? {};
    const { low = -1, chances = new Float32Array(0) } = this.#curve ?? {};
    const numbers = Float64Array.of(cpu, memory, this.#until, this.#hasRunOut ? 1 : 0, low);
    return [packNumbers(numbers), packNumbers(chances)];
  }

  /** Throws OUTLOOK_INVALID when the curve is cut. */
  load(
    [cpu = Number.NaN, memory = Number.NaN, until = 0, hasRunOut = 0, low = -1]: Float64Array,
    curve: Uint8Array,
  ): void {
    this.requests = Number.isNaN(cpu) && Number.isNaN(memory) ? undefined : { cpu, memory };
    this.#until = until;
    this.#hasRunOut = hasRunOut > 0;
    const chances = unpackFloats('standing', curve, Math.floor(curve.byteLength / 4));
    this.#curve = low >= 0 ? { low, chances } : undefined;
  }
}

function chanceAt({ low, chances }: CurvePart, bucket: number): number {
  return bucket < low ? 1 : (chances[bucket - low] ?? 0);
}
