import type { DemandOptions } from './demand-options.ts';
import type { Hours } from './hours.ts';

/** Squared distance from which an hour is not looked at: it would weigh a ninetieth of a like one. */
const unlike = 9;

/** Weights of outcomes by bucket, the first one that of bucket `low`, and their sum. */
export interface Weighed {
  readonly low: number;
  readonly weights: Float64Array | Float32Array;
  readonly total: number;
}

/** The buckets that outcomes may be in. */
export interface Span {
  readonly low: number;
  readonly high: number;
}

/** What followed the hours that were like the present one, the more the more like they were. */
export function afterLikeHours(hours: Hours, options: DemandOptions, width: number, span: Span): Weighed {
  const likeness = likenesses(hours, options, width);
  return options.outcome === 'highest'
    ? highestAfter(hours, likeness, span)
    : eachAfter(hours, options.horizonHours, likeness, span);
}

/** How like each hour was to the present one, oldest first; 0 for those whose outcome is not known yet. */
function likenesses(
  hours: Hours,
  { grid, horizonHours, likenessHalfLife }: DemandOptions,
  width: number,
): Float64Array {
  const { count, near, recent } = hours;
  const likeness = new Float64Array(count);
  const newest = count - 1;
  const [nearNow, recentNow] = [near[newest] ?? 0, recent[newest] ?? 0];
  const decay = 2 ** (-1 / likenessHalfLife);
  const perBucket = Math.log(grid.ratio) / width;
  const furthest = unlike / (perBucket * perBucket);
  // By its distance alone an hour weighs exp(−d²/2): looked up by the buckets between, which are whole numbers.
  const byDistance = Float64Array.from({ length: Math.ceil(Math.sqrt(furthest)) + 1 }, (_, buckets) =>
    Math.exp((-buckets * buckets * perBucket * perBucket) / 2),
  );
  let age = decay ** horizonHours;
  for (let i = newest - horizonHours; i >= 0; i -= 1) {
    const [a, b] = [Math.abs((near[i] ?? 0) - nearNow), Math.abs((recent[i] ?? 0) - recentNow)];
    if (a * a + b * b < furthest) likeness[i] = (byDistance[a] ?? 0) * (byDistance[b] ?? 0) * age;
    age *= decay;
  }
  return likeness;
}

/** Every sample of the hours that followed a like one counts. */
function eachAfter(hours: Hours, horizonHours: number, likeness: Float64Array, { low, high }: Span): Weighed {
  const weights = new Float64Array(high - low + 1);
  const upTo = new Float64Array(likeness.length + 1);
  for (let i = 0; i < likeness.length; i += 1) upTo[i + 1] = (upTo[i] ?? 0) + (likeness[i] ?? 0);
  let total = 0;
  for (let i = 1; i < likeness.length; i += 1) {
    const weight = (upTo[i] ?? 0) - (upTo[Math.max(0, i - horizonHours)] ?? 0);
    if (weight <= 0) continue;
    const samples = hours.samplesAt(i);
    for (let s = 0; s < samples.length; s += 1) {
      const at = (samples[s] ?? 0) - low;
      weights[at] = (weights[at] ?? 0) + weight;
    }
    total += weight * samples.length;
  }
  return { low, weights, total };
}

/** The highest value of the horizon that followed a like hour counts. */
function highestAfter({ after }: Hours, likeness: Float64Array, { low, high }: Span): Weighed {
  const weights = new Float64Array(high - low + 1);
  let total = 0;
  for (let i = 0; i < likeness.length; i += 1) {
    const weight = likeness[i] ?? 0;
    if (weight === 0) continue;
    const at = (after[i] ?? 0) - low;
    weights[at] = (weights[at] ?? 0) + weight;
    total += weight;
  }
  return { low, weights, total };
}
