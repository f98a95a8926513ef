import type { ExceedanceCurve } from './curve.ts';
import type { ValueGrid } from './value-grid.ts';

/** What is weighed against each other, in units of the resource. */
export interface Prices {
  /** Of having it exceeded for sure: in the horizon by the highest value, or in every step of it. */
  readonly exceeded: number;
  /** Of a unit of demand beyond the request. */
  readonly deficit: number;
  /** No request is exceeded more likely than this … */
  readonly mostRisk: number;
  /** … nor larger than what is exceeded with this: a guard against paying for what never was. */
  readonly leastRisk: number;
  /** How much the regret of staying counts. */
  readonly regretWeight: number;
}

/** A request as a bucket of the grid, and what it costs: itself, and the price of being exceeded. */
export interface Choice {
  readonly bucket: number;
  readonly cost: number;
}

/** What each request would cost: request + price · P(exceeded) + deficit price · E[demand beyond it]. */
export function costsOf({ ends }: ValueGrid, curve: ExceedanceCurve, { exceeded, deficit }: Prices): Float64Array {
  const costs = new Float64Array(curve.length);
  let beyond = 0;
  for (let bucket = curve.length - 1; bucket >= 0; bucket -= 1) {
    const chance = curve[bucket] ?? 0;
    const above = curve[bucket + 1] ?? 0;
    beyond += (((ends[bucket + 1] ?? ends[bucket] ?? 0) - (ends[bucket] ?? 0)) * (chance + above)) / 2;
    costs[bucket] = (ends[bucket] ?? 0) + exceeded * chance + deficit * beyond;
  }
  return costs;
}

/** The cheapest request within the bounds of risk. */
export function cheapest(curve: ExceedanceCurve, costs: Float64Array, { mostRisk, leastRisk }: Prices): Choice {
  const last = curve.length - 1;
  const lowest = firstBelow(curve, mostRisk, 0);
  const highest = firstBelow(curve, leastRisk, lowest);
  let bucket = lowest;
  for (let at = lowest + 1; at <= Math.min(highest, last); at += 1) {
    if ((costs[at] ?? 0) < (costs[bucket] ?? 0)) bucket = at;
  }
  return { bucket, cost: costs[bucket] ?? 0 };
}

function firstBelow(curve: ExceedanceCurve, risk: number, from: number): number {
  let bucket = from;
  while (bucket < curve.length - 1 && (curve[bucket] ?? 0) > risk) bucket += 1;
  return bucket;
}
