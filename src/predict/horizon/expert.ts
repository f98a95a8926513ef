import type { Course } from './course.ts';
import { gridSize, quantilesOf } from './quantiles.ts';
import { scratch } from './samples.ts';

/**
 * One simple way to forecast. `leads` are steps after the last one known, from 0. Writes gridSize quantiles for each, from `at` on, and says whether
 * it could: it cannot while the stretch of history that it needs is not there.
 */
export type Expert = (course: Course, leads: Int32Array, out: Float64Array, at: number) => boolean;

/** For each lead the quantiles of what `fill` put into the scratch buffer; it gives how many. None for one lead means that the expert is silent. */
export function eachLead(leads: Int32Array, out: Float64Array, at: number, fill: (lead: number) => number): boolean {
  for (let i = 0; i < leads.length; i += 1) {
    const count = fill(leads[i] ?? 0);
    if (count === 0) return false;
    quantilesOf(scratch, count, out, at + i * gridSize);
  }
  return true;
}
