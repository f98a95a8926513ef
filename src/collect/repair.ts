import { stepCount, type TimeRange } from '../core/time-range.ts';

/** What was wrong with samples, counted. Nothing is repaired silently. */
export interface RepairCounts {
  gaps: number;
  duplicates: number;
  nonFinite: number;
  negative: number;
  resets: number;
  future: number;
  outOfOrder: number;
}

export function noRepairs(): RepairCounts {
  return { gaps: 0, duplicates: 0, nonFinite: 0, negative: 0, resets: 0, future: 0, outOfOrder: 0 };
}

export function addRepairs(into: RepairCounts, from: RepairCounts): void {
  for (const kind of Object.keys(from) as (keyof RepairCounts)[]) into[kind] += from[kind];
}

/** How samples that fall into one step are put together. */
export type Reduction = 'mean' | 'max';

/**
 * Puts raw samples on the grid of `range`: a sample belongs to the step in whose interval (start, end] its time lies.
 * NaN stands where no usable sample is. Marked and counted: gaps, duplicates (same time: the first one stays), values that are not finite or
 * negative, samples out of order (sorted in), samples after `nowSeconds` (dropped: a clock that lies).
 */
export function toGrid(
  samples: readonly (readonly [timeSeconds: number, value: number])[],
  range: TimeRange,
  reduction: Reduction,
  counts: RepairCounts,
  nowSeconds = Number.POSITIVE_INFINITY,
): Float64Array {
  const steps = stepCount(range);
  const grid = new Float64Array(steps).fill(Number.NaN);
  const weights = new Float64Array(steps);
  let previous = Number.NEGATIVE_INFINITY;
  const seen = new Set<number>();
  for (const [time, value] of samples) {
    if (seen.has(time)) {
      counts.duplicates += 1;
      continue;
    }
    seen.add(time);
    if (time < previous) counts.outOfOrder += 1;
    previous = Math.max(previous, time);
    if (!isUsable(time, value, nowSeconds, counts)) continue;
    const step = Math.ceil((time - range.startSeconds) / range.stepSeconds - 1e-9) - 1;
    if (step >= 0 && step < steps) put(grid, weights, step, value, reduction);
  }
  for (let step = 0; step < steps; step += 1) if (Number.isNaN(grid[step])) counts.gaps += 1;
  return grid;
}

/**
 * Turns a counter (seconds of CPU, say) into a rate per second at each sample but the first. A counter that falls was
 * reset: what it shows then is what was counted since (as Prometheus' rate()).
 */
export function counterToRate(
  samples: readonly (readonly [timeSeconds: number, value: number])[],
  counts: RepairCounts,
): [number, number][] {
  const rates: [number, number][] = [];
  let last: readonly [number, number] | undefined;
  for (const sample of samples) {
    if (!isNext(sample, last, counts)) continue;
    if (last !== undefined) rates.push([sample[0], increase(last, sample, counts) / (sample[0] - last[0])]);
    last = sample;
  }
  return rates;
}

function isNext(
  [time, value]: readonly [number, number],
  last: readonly [number, number] | undefined,
  counts: RepairCounts,
): boolean {
  if (!Number.isFinite(value)) counts.nonFinite += 1;
  else if (last !== undefined && time === last[0]) counts.duplicates += 1;
  else if (last !== undefined && time < last[0]) counts.outOfOrder += 1;
  else return true;
  return false;
}

function increase(last: readonly [number, number], [, value]: readonly [number, number], counts: RepairCounts): number {
  if (value >= last[1]) return value - last[1];
  counts.resets += 1;
  return value;
}

/** The ends of the steps of a range, unix seconds. */
export function gridTimes(range: TimeRange): Float64Array {
  return Float64Array.from({ length: stepCount(range) }, (_, i) => range.startSeconds + (i + 1) * range.stepSeconds);
}

function isUsable(time: number, value: number, nowSeconds: number, counts: RepairCounts): boolean {
  if (!Number.isFinite(value) || !Number.isFinite(time)) counts.nonFinite += 1;
  else if (value < 0) counts.negative += 1;
  else if (time > nowSeconds) counts.future += 1;
  else return true;
  return false;
}

function put(grid: Float64Array, weights: Float64Array, step: number, value: number, reduction: Reduction): void {
  const held = grid[step] ?? Number.NaN;
  const weight = weights[step] ?? 0;
  weights[step] = weight + 1;
  if (weight === 0) grid[step] = value;
  else grid[step] = reduction === 'max' ? Math.max(held, value) : (held * weight + value) / (weight + 1);
}
