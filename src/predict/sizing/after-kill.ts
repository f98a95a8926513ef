import type { Demand } from './demand.ts';

/** The cheapest request for so many hours after a kill: what the curve gives to more than it, given that the limit was exceeded. */
export function requestAfterKill(demand: Demand, limit: number, exceeded: number, hours: number): number | undefined {
  const { curve, options } = demand;
  if (curve === undefined) return undefined;
  const { grid, horizonHours } = options;
  const from = grid.bucketOf(limit);
  const given = Math.max(curve[from] ?? 0, 1e-9);
  let [best, cost] = [from, Number.POSITIVE_INFINITY];
  for (let bucket = from + 1; bucket < grid.count; bucket += 1) {
    const risk = (curve[bucket] ?? 0) / given;
    const here = (grid.ends[bucket] ?? 0) * hours + exceeded * horizonHours * risk;
    if (here < cost) [best, cost] = [bucket, here];
  }
  return grid.ends[best] ?? limit;
}
