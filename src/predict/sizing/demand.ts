import { frame, packNumbers, unframe, unpackDoubles, unpackFloats } from '../../core/framing.ts';
import { type CurvePart, curveOf, type ExceedanceCurve, likelihoodOf, partOf } from './curve.ts';
import type { DemandOptions } from './demand-options.ts';
import { Experts, mixtureOf } from './experts.ts';
import { Hours } from './hours.ts';
import { afterLikeHours, type Weighed } from './like-hours.ts';

/** A request is this much above the highest value seen, so that the same again does not exceed it. */
const hair = 1.001;
/** Of an hour: many replicas, or short steps, have more and say no more by them. */
const mostSamples = 60;
const kind = 'demand';
const version = 1;

/**
 * What a container will need in the next hours, from what it needed before. A mixture of experts: decayed histograms of several
 * half-lives, and the outcomes of hours that were like the present one (in the peak of their last half hour and of the hours before: a
 * kernel regression of the whole distribution, Nadaraya and Watson 1964), weighted by how well each foresaw what came.
 */
export class Demand {
  readonly options: DemandOptions;
  readonly #hours: Hours;
  readonly #histograms: readonly Float64Array[];
  readonly #totals: Float64Array;
  readonly #experts: Experts;
  /** The experts' curves of the last hours, oldest first, until what they foresaw has come. */
  #foreseen: (readonly CurvePart[])[] = [];
  #open: number[] = [];
  #highest = 0;
  #most = 0;
  #curve: ExceedanceCurve | undefined;
  /** What the prior's tail leaves so many buckets above a value. */
  readonly #priorFade: Float64Array;

  constructor(options: DemandOptions) {
    const { halfLives, likeness, grid } = options;
    this.options = options;
    this.#hours = new Hours(options.hoursKept);
    this.#histograms = halfLives.map(() => new Float64Array(grid.count));
    this.#totals = new Float64Array(halfLives.length);
    const { share, power } = options.priorTail;
    this.#priorFade = grid.ends.map((_, above) => share * grid.ratio ** (-power * above));
    this.#experts = new Experts(halfLives.length + likeness.length, options);
  }

  /** How likely more than each bucket's end is, in the next hours (outcome `highest`) or in one step of them (`each`). */
  get curve(): ExceedanceCurve | undefined {
    return this.#curve;
  }

  /** The samples of the open hour, as buckets. */
  get open(): readonly number[] {
    return this.#open;
  }

  /** What has to be requested to hold a bucket: of the highest one no more than was ever used, which may be all there is to use. */
  requestFor(bucket: number): number {
    const end = this.options.grid.ends[bucket] ?? 0;
    return bucket === this.#highest && this.#most > 0 ? Math.min(end, this.#most * hair) : end;
  }

  /** The last bucket that a request holds. */
  bucketHeldBy(request: number): number {
    const bucket = this.options.grid.bucketUnder(request);
    return bucket === this.#highest - 1 && request >= this.#most ? this.#highest : bucket;
  }

  observe(value: number): void {
    this.#open.push(this.options.grid.bucketOf(value));
    this.#most = Math.max(this.#most, value);
  }

  /** Learns from the hour that ends. Without a sample nothing is learned, and what was expected stays expected. */
  closeHour(): void {
    const open = this.#open;
    this.#open = [];
    if (open.length === 0) return;
    const peak = highestOf(open, 0);
    this.#highest = Math.max(this.#highest, peak);
    const recent = Math.max(peak, this.#hours.peak(this.options.recentHours - 1));
    this.#hours.add({ peak, near: highestOf(open, Math.floor(open.length / 2)), recent, samples: thinned(open) });
    const outcomes = this.#outcomesOfHour();
    this.#judge(outcomes);
    this.#learn(outcomes);
    const curves = this.#curves();
    this.#foreseen.push(curves.map(partOf));
    if (this.#foreseen.length > this.options.horizonHours) this.#foreseen.shift();
    this.#curve = mixtureOf(curves, this.#experts.weights());
  }

  save(): Uint8Array {
    const numbers = [this.#highest, this.#most, ...this.#totals, ...this.#experts.scores, ...this.#open];
    const parts = this.#foreseen.flatMap((curves) => curves.flatMap(({ from, values }) => [from, values.length]));
    const values = this.#foreseen.flatMap((curves) => curves.flatMap((part) => [...part.values]));
    return frame(kind, version, [
      packNumbers(Float64Array.from(numbers)),
      ...this.#histograms.map(packNumbers),
      packNumbers(this.#hours.save()),
      packNumbers(Float64Array.from(parts)),
      packNumbers(Float32Array.from(values)),
    ]);
  }

  /** Throws OUTLOOK_INVALID when the bytes are damaged or made with other options. */
  static restore(options: DemandOptions, bytes: Uint8Array): Demand {
    const demand = new Demand(options);
    demand.#load(unframe(kind, version, bytes));
    return demand;
  }

  #load([head, ...rest]: readonly Uint8Array[]): void {
    const { grid } = this.options;
    const [highest = 0, most = 0, ...numbers] = unpackDoubles(kind, head);
    this.#highest = highest;
    this.#most = most;
    const lives = this.#histograms.length;
    const experts = this.#experts.scores.length;
    this.#totals.set(numbers.slice(0, lives));
    this.#experts.scores.set(numbers.slice(lives, lives + experts));
    this.#open = numbers.slice(lives + experts);
    for (const [i, histogram] of this.#histograms.entries()) histogram.set(unpackDoubles(kind, rest[i], grid.count));
    const [hours, parts, values] = rest.slice(lives);
    this.#hours.load(unpackFloats(kind, hours, (hours?.byteLength ?? 0) / 4), grid.count);
    const lengths = unpackDoubles(kind, parts);
    this.#foreseen = groupsOf(experts, partsOf(lengths, unpackFloats(kind, values, (values?.byteLength ?? 0) / 4)));
    if (this.#hours.count > 0) this.#curve = mixtureOf(this.#curves(), this.#experts.weights());
  }

  /** What is known since this hour: its samples, or the peak of a horizon that ends now. */
  #outcomesOfHour(): ArrayLike<number> {
    const { outcome, horizonHours } = this.options;
    if (outcome === 'each') return this.#hours.back(0)?.samples ?? [];
    return this.#hours.count > horizonHours ? [this.#hours.peak(horizonHours)] : [];
  }

  #judge(outcomes: ArrayLike<number>): void {
    const { outcome, horizonHours } = this.options;
    const isFull = this.#foreseen.length >= horizonHours;
    const judged = outcome === 'each' ? this.#foreseen : this.#foreseen.slice(0, isFull ? 1 : 0);
    if (judged.length === 0 || outcomes.length === 0) return;
    for (let expert = 0; expert < this.#experts.scores.length; expert += 1) {
      let sum = 0;
      for (const curves of judged) {
        const curve = curves[expert];
        if (curve === undefined) continue;
        for (let i = 0; i < outcomes.length; i += 1) sum += Math.log(likelihoodOf(curve, outcomes[i] ?? 0));
      }
      this.#experts.score(expert, sum / judged.length);
    }
  }

  #learn(outcomes: ArrayLike<number>): void {
    for (const [i, halfLife] of this.options.halfLives.entries()) {
      const kept = 2 ** (-1 / halfLife);
      const histogram = this.#histograms[i] ?? new Float64Array(0);
      for (let bucket = 0; bucket < histogram.length; bucket += 1) histogram[bucket] = (histogram[bucket] ?? 0) * kept;
      for (let o = 0; o < outcomes.length; o += 1) histogram[outcomes[o] ?? 0] = (histogram[outcomes[o] ?? 0] ?? 0) + 1;
      this.#totals[i] = (this.#totals[i] ?? 0) * kept + outcomes.length;
    }
  }

  #curves(): Float64Array[] {
    const { likeness } = this.options;
    const decayed = this.#histograms.map((histogram, i) => this.#withPrior({ histogram, total: this.#totals[i] ?? 0 }));
    return [...decayed, ...likeness.map((width) => this.#withPrior(afterLikeHours(this.#hours, this.options, width)))];
  }

  /** With the prior: some outcomes at the highest and at the present value, which had little time to be exceeded. */
  #withPrior({ histogram, total }: Weighed): ExceedanceCurve {
    const { grid, prior, priorHighest, tail } = this.options;
    const curve = curveOf(histogram, Math.max(total, Number.MIN_VALUE), grid.ratio, tail);
    const share = prior / (total + prior);
    const now = this.#hours.back(0)?.peak ?? 0;
    for (let bucket = 0; bucket < curve.length; bucket += 1) {
      const highest = this.#priorFade[bucket - this.#highest] ?? (bucket < this.#highest ? 1 : 0);
      const present = this.#priorFade[bucket - now] ?? (bucket < now ? 1 : 0);
      const byPrior = priorHighest * highest + (1 - priorHighest) * present;
      curve[bucket] = (1 - share) * (curve[bucket] ?? 0) + share * byPrior;
    }
    return curve;
  }
}

function highestOf(samples: ArrayLike<number>, from: number): number {
  let highest = 0;
  for (let i = from; i < samples.length; i += 1) highest = Math.max(highest, samples[i] ?? 0);
  return highest;
}

function partsOf(heads: Float64Array, values: Float32Array): CurvePart[] {
  const parts: CurvePart[] = [];
  let at = 0;
  for (let i = 0; i + 1 < heads.length; i += 2) {
    const [from = 0, length = 0] = heads.subarray(i, i + 2);
    parts.push({ from, values: values.slice(at, at + length) });
    at += length;
  }
  return parts;
}

function groupsOf(size: number, parts: readonly CurvePart[]): CurvePart[][] {
  return Array.from({ length: Math.floor(parts.length / size) }, (_, i) => parts.slice(i * size, (i + 1) * size));
}

/** No more than an hour may hold: every so many-th of the sorted samples, the highest among them. */
function thinned(samples: readonly number[]): Uint16Array {
  if (samples.length <= mostSamples) return Uint16Array.from(samples);
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (i: number): number => Math.ceil(((i + 1) * sorted.length) / mostSamples) - 1;
  return Uint16Array.from({ length: mostSamples }, (_, i) => sorted[at(i)] ?? 0);
}
