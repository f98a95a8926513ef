import { BarographError } from '../../core/errors.ts';
import { frame, packNumbers, unframe, unpackDoubles, unpackFloats } from '../../core/framing.ts';
import { type CurvePart, curveOf, type ExceedanceCurve, lengthOf, wholeOf } from './curve.ts';
import { Decayed } from './decayed.ts';
import type { DemandOptions } from './demand-options.ts';
import { Experts } from './experts.ts';
import { Foreseen } from './foreseen.ts';
import { Hours } from './hours.ts';
import { afterLikeHours, type Span, type Weighed } from './like-hours.ts';
import { packWords, unpackWords } from './words.ts';

/** A request is this much above the highest value seen, so that the same again does not exceed it. */
const hair = 1.001;
/** Of an hour: many replicas, or short steps, have more and say no more by them. */
const mostSamples = 60;
/** So many of an hour are kept to be looked up later: memory for a fleet's hours is what they cost. */
const keptSamples = 6;
/** What was foreseen of a horizon is kept so many times over it, to be judged. */
const judgements = 3;
/** Buckets beyond the highest value in which an expert's foresight is told apart from none. */
const foresight = 40;
const kind = 'demand';
const version = 2;

/**
 * What a container will need in the next hours, from what it needed before. A mixture of experts: decayed histograms of several
 * half-lives, and the outcomes of hours that were like the present one (in the peak of their last half hour and of the hours before: a
 * kernel regression of the whole distribution, Nadaraya and Watson 1964), weighted by how well each foresaw what came.
 */
export class Demand {
  readonly options: DemandOptions;
  readonly #hours: Hours;
  readonly #histograms: readonly Decayed[];
  readonly #experts: Experts;
  /** What the experts expected of late, oldest first, until it has come. */
  #foreseen: Foreseen[] = [];
  #closed = 0;
  #open: number[] = [];
  /** The buckets that were ever seen. */
  #span: Span | undefined;
  #most = 0;
  #curve: CurvePart | undefined;
  /** What the prior's tail leaves so many buckets above a value. */
  readonly #priorFade: Float64Array;
  /** Buckets beyond the highest that a curve needs. */
  readonly #beyond: number;

  constructor(options: DemandOptions) {
    const { halfLives, likeness, grid, priorTail, tail } = options;
    this.options = options;
    this.#hours = new Hours(options.hoursKept, options.horizonHours);
    this.#histograms = halfLives.map((halfLife) => new Decayed(halfLife));
    this.#beyond = Math.max(lengthOf(tail, grid.ratio), lengthOf(priorTail, grid.ratio));
    this.#priorFade = priorFadeOf(options);
    this.#experts = new Experts(halfLives.length + likeness.length, options);
  }

  /** How likely more than each bucket's end is, in the next hours (outcome `highest`) or in one step of them (`each`). */
  get curve(): ExceedanceCurve | undefined {
    return this.#curve === undefined ? undefined : wholeOf(this.#curve, this.options.grid.count);
  }

  /** The same without what is sure, as it is kept. */
  get part(): CurvePart | undefined {
    return this.#curve;
  }

  /** The samples of the open hour, as buckets. */
  get open(): readonly number[] {
    return this.#open;
  }

  /** The highest value ever seen. */
  get most(): number {
    return this.#most;
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
    const { outcome, recentHours } = this.options;
    const peak = highestOf(open, 0);
    const before = this.#span;
    this.#span = { low: Math.min(before?.low ?? peak, lowestOf(open)), high: Math.max(before?.high ?? peak, peak) };
    const recent = Math.max(peak, this.#hours.peak(recentHours - 1));
    const near = highestOf(open, Math.floor(open.length / 2));
    const samples = spread(open, mostSamples);
    this.#hours.add({ peak, near, recent, samples: outcome === 'each' ? spread(samples, keptSamples) : [] });
    this.#closed += 1;
    const outcomes = outcome === 'each' ? samples : this.#highestOfHorizon();
    this.#judge(outcomes);
    for (const histogram of this.#histograms) histogram.add(outcomes, before, this.#span);
    this.#expect(true);
  }

  save(): Uint8Array {
    const { low = -1, high = -1 } = this.#span ?? {};
    const totals = this.#histograms.map(({ total }) => total);
    const { grid, horizonHours } = this.options;
    const shape = [grid.count, horizonHours, low, high, this.#most, this.#closed];
    const numbers = [...shape, ...totals, ...this.#experts.scores, ...this.#open];
    return frame(kind, version, [
      packNumbers(Float64Array.from(numbers)),
      ...this.#histograms.map(({ weights }) => packNumbers(weights)),
      packWords(this.#hours.save()),
      packWords(Uint16Array.from(this.#foreseen.flatMap((one) => one.save()))),
    ]);
  }

  /** Throws OUTLOOK_INVALID when the bytes are damaged or made with other options. */
  static restore(options: DemandOptions, bytes: Uint8Array): Demand {
    const demand = new Demand(options);
    demand.#load(unframe(kind, version, bytes));
    return demand;
  }

  get #highest(): number {
    return this.#span?.high ?? 0;
  }

  #load([head, ...rest]: readonly Uint8Array[]): void {
    const [count, horizon, low = -1, high = -1, most = 0, closed = 0, ...numbers] = unpackDoubles(kind, head);
    if (count !== this.options.grid.count) {
      throw new BarographError('OUTLOOK_INVALID', 'the state of a demand cannot be used: it is of another grid');
    }
    this.#span = low >= 0 ? { low, high } : undefined;
    this.#most = most;
    this.#closed = closed;
    const lives = this.#histograms.length;
    const experts = this.#experts.scores.length;
    this.#experts.scores.set(numbers.slice(lives, lives + experts));
    this.#open = numbers.slice(lives + experts);
    const width = low >= 0 ? high - low + 1 : 0;
    for (const [i, histogram] of this.#histograms.entries()) {
      histogram.weights = unpackFloats(kind, rest[i], width);
      histogram.total = numbers[i] ?? 0;
    }
    const [hours, foreseen] = rest.slice(lives);
    this.#hours.load(unpackWords(hours), this.options.grid.count);
    // What was foreseen of a horizon of another length cannot be judged; all else is forgotten in time.
    if (horizon === this.options.horizonHours) this.#foreseen = Foreseen.restore(unpackWords(foreseen), experts);
    if (this.#hours.count > 0) this.#expect(false);
  }

  /** Known since this hour: the peak of a horizon that ends now. */
  #highestOfHorizon(): ArrayLike<number> {
    const { horizonHours } = this.options;
    return this.#hours.count > horizonHours ? [this.#hours.peak(horizonHours)] : [];
  }

  #judge(outcomes: ArrayLike<number>): void {
    const { outcome, horizonHours } = this.options;
    this.#foreseen = this.#foreseen.filter(({ hour }) => this.#closed - hour <= horizonHours);
    const judged =
      outcome === 'each' ? this.#foreseen : this.#foreseen.filter(({ hour }) => this.#closed - hour === horizonHours);
    if (judged.length === 0 || outcomes.length === 0) return;
    for (let expert = 0; expert < this.#experts.scores.length; expert += 1) {
      let sum = 0;
      for (const one of judged) {
        for (let i = 0; i < outcomes.length; i += 1) sum += Math.log(one.likelihood(expert, outcomes[i] ?? 0));
      }
      this.#experts.score(expert, sum / judged.length);
    }
  }

  /** What the experts expect now, and their mixture; the former is kept to be judged once it has come. */
  #expect(isKept: boolean): void {
    const span = this.#span;
    if (span === undefined) return;
    const { horizonHours, likeness } = this.options;
    const weighed = [
      ...this.#histograms.map(({ weights, total }): Weighed => ({ low: span.low, weights, total })),
      ...likeness.map((width) => afterLikeHours(this.#hours, this.options, width, span)),
    ];
    if (isKept && this.#closed % Math.max(1, Math.round(horizonHours / judgements)) === 0) {
      const length = this.#lengthWith(span, foresight);
      this.#foreseen.push(
        Foreseen.of(
          this.#closed,
          span.low,
          weighed.map((one) => this.#curveFrom(one, length)),
        ),
      );
    }
    const mixed = this.#mixture(span, weighed);
    this.#curve = { low: span.low, chances: Float32Array.from(mixed) };
  }

  /** Tails and priors are the same for all experts: so the mixture of their curves is the curve of the mixture of their weights. */
  #mixture(span: Span, weighed: readonly Weighed[]): ExceedanceCurve {
    const { prior } = this.options;
    const weights = new Float64Array(span.high - span.low + 1);
    let byWeights = 0;
    for (const [e, importance] of this.#experts.weights().entries()) {
      const { total = 0, weights: own = weights } = weighed[e] ?? {};
      if (total <= 0) continue;
      const factor = importance / (total + prior);
      for (let i = 0; i < weights.length; i += 1) weights[i] = (weights[i] ?? 0) + factor * (own[i] ?? 0);
      byWeights += factor * total;
    }
    return this.#blend(
      { low: span.low, weights, total: byWeights },
      1 - byWeights,
      this.#lengthWith(span, this.#beyond),
    );
  }

  #curveFrom(weighed: Weighed, length: number): ExceedanceCurve {
    const { prior } = this.options;
    return this.#blend(weighed, prior / (weighed.total + prior), length);
  }

  /** With the prior: some outcomes at the highest and at the present value, which had little time to be exceeded. */
  #blend({ low, weights, total }: Weighed, share: number, length: number): ExceedanceCurve {
    const { grid, priorHighest, tail } = this.options;
    const curve = curveOf(weights, Math.max(total, Number.MIN_VALUE), grid.ratio, tail, length);
    const [highest, now] = [this.#highest - low, this.#hours.newestPeak - low];
    for (let i = 0; i < length; i += 1) {
      const byHighest = i < highest ? 1 : (this.#priorFade[i - highest] ?? 0);
      const byPresent = i < now ? 1 : (this.#priorFade[i - now] ?? 0);
      curve[i] = (1 - share) * (curve[i] ?? 0) + share * (priorHighest * byHighest + (1 - priorHighest) * byPresent);
    }
    return curve;
  }

  #lengthWith({ low, high }: Span, beyond: number): number {
    return Math.min(this.options.grid.count, high + 1 + beyond) - low;
  }
}

const priorFades = new WeakMap<DemandOptions, Float64Array>();

/** One for all demands of the same options. */
function priorFadeOf(options: DemandOptions): Float64Array {
  const held = priorFades.get(options);
  if (held !== undefined) return held;
  const { grid, priorTail } = options;
  const fade = grid.ends.map((_, above) => priorTail.share * grid.ratio ** (-priorTail.power * above));
  priorFades.set(options, fade);
  return fade;
}

function highestOf(samples: ArrayLike<number>, from: number): number {
  let highest = 0;
  for (let i = from; i < samples.length; i += 1) highest = Math.max(highest, samples[i] ?? 0);
  return highest;
}

function lowestOf(samples: readonly number[]): number {
  return samples.reduce((lowest, bucket) => Math.min(lowest, bucket));
}

/** So many of the samples: every so many-th of the sorted ones, the highest among them. */
function spread(samples: ArrayLike<number>, most: number): Uint16Array {
  if (samples.length <= most) return Uint16Array.from(samples);
  const sorted = Uint16Array.from(samples).sort();
  const at = (i: number): number => Math.ceil(((i + 1) * sorted.length) / most) - 1;
  return Uint16Array.from({ length: most }, (_, i) => sorted[at(i)] ?? 0);
}
