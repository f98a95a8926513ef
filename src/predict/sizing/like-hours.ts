import type { DemandOptions } from './demand-options.ts';
import type { Hours } from './hours.ts';

/** Squared distance from which an hour is not looked at: it would weigh a ninetieth of a like one. */
const unlike = 9;

/** Weights of outcomes by bucket, and their sum. */
export interface Weighed {
  readonly histogram: Float64Array;
  readonly total: number;
}

/** What followed the hours that were like the present one, the more the more like they were. */
export function afterLikeHours(hours: Hours, options: DemandOptions, width: number): Weighed {
  const weights = likenesses(hours, options, width);
  return options.outcome === 'highest' ? highestAfter(hours, options, weights) : eachAfter(hours, options, weights);
}

/** How like each hour was to the present one, by hours back; 0 for those whose outcome is not known yet. */
function likenesses(hours: Hours, options: DemandOptions, width: number): Float64Array {
  const { grid, horizonHours, likenessHalfLife } = options;
  const weights = new Float64Array(hours.count);
  const now = hours.back(0);
  if (now === undefined) return weights;
  const decay = 2 ** (-1 / likenessHalfLife);
  const perBucket = Math.log(grid.ratio) / width;
  for (let back = horizonHours; back < weights.length; back += 1) {
    const then = hours.back(back);
    if (then === undefined) break;
    const near = (then.near - now.near) * perBucket;
    const recent = (then.recent - now.recent) * perBucket;
    const distance = near * near + recent * recent;
    if (distance < unlike) weights[back] = Math.exp(-distance / 2) * decay ** back;
  }
  return weights;
}

/** Every sample of the hours that followed a like one counts. */
function eachAfter(hours: Hours, { grid, horizonHours }: DemandOptions, weights: Float64Array): Weighed {
  const histogram = new Float64Array(grid.count);
  let total = 0;
  for (let back = 0; back < weights.length; back += 1) {
    let weight = 0;
    for (let ahead = 1; ahead <= horizonHours; ahead += 1) weight += weights[back + ahead] ?? 0;
    const samples = weight > 0 ? hours.back(back)?.samples : undefined;
    if (samples === undefined) continue;
    for (let i = 0; i < samples.length; i += 1) {
      const bucket = samples[i] ?? 0;
      histogram[bucket] = (histogram[bucket] ?? 0) + weight;
    }
    total += weight * samples.length;
  }
  return { histogram, total };
}

/** The highest value of the horizon that followed a like hour counts. */
function highestAfter(hours: Hours, { grid, horizonHours }: DemandOptions, weights: Float64Array): Weighed {
  const histogram = new Float64Array(grid.count);
  let total = 0;
  for (let back = horizonHours; back < weights.length; back += 1) {
    const weight = weights[back] ?? 0;
    if (weight === 0) continue;
    let highest = 0;
    for (let ahead = 1; ahead <= horizonHours; ahead += 1) {
      highest = Math.max(highest, hours.back(back - ahead)?.peak ?? 0);
    }
    histogram[highest] = (histogram[highest] ?? 0) + weight;
    total += weight;
  }
  return { histogram, total };
}
