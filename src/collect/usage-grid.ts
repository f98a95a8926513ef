import { stepCount, type TimeRange } from '../core/time-range.ts';
import { noRepairs, type Reduction, type RepairCounts, toGrid } from './repair.ts';
import type { NodeUsage } from './source.ts';

export type Sample = readonly [timeSeconds: number, value: number];

/** Raw samples of one series: CPU in millicores, memory in bytes, in any order. */
export interface RawUsage {
  readonly cpuMillicores: readonly Sample[];
  readonly memoryBytes: readonly Sample[];
}

/** The columns that containers and nodes have in common. */
export type UsageColumns = Pick<NodeUsage, 'times' | 'cpuMillicores' | 'memoryBytes'>;

/**
 * Puts one series on the grid of `range` and cuts it to the steps between its first and its last sample: a pod that did not exist yet has no gaps.
 * Undefined when no sample is usable. What was wrong is added to `counts`.
 */
export function usageColumns(
  raw: RawUsage,
  range: TimeRange,
  counts: RepairCounts,
  nowSeconds: number,
): UsageColumns | undefined {
  const cpu = gridOf(raw.cpuMillicores, range, 'mean', counts, nowSeconds);
  const memory = gridOf(raw.memoryBytes, range, 'max', counts, nowSeconds);
  const [first, end] = extent(cpu, memory);
  if (first >= end) return undefined;
  const columns = {
    times: Float64Array.from(
      { length: end - first },
      (_, i) => range.startSeconds + (first + i + 1) * range.stepSeconds,
    ),
    cpuMillicores: cpu.slice(first, end),
    memoryBytes: memory.slice(first, end),
  };
  counts.gaps += holes(columns.cpuMillicores) + holes(columns.memoryBytes);
  return columns;
}

function gridOf(
  samples: readonly Sample[],
  range: TimeRange,
  reduction: Reduction,
  counts: RepairCounts,
  nowSeconds: number,
): Float64Array {
  if (samples.length === 0) return new Float64Array(stepCount(range)).fill(Number.NaN);
  const found = noRepairs();
  const grid = toGrid(samples, range, reduction, found, nowSeconds);
  // Gaps are counted once the ends are cut off.
  for (const kind of Object.keys(found) as (keyof RepairCounts)[]) if (kind !== 'gaps') counts[kind] += found[kind];
  return grid;
}

function extent(...grids: readonly Float64Array[]): [first: number, end: number] {
  let first = Number.POSITIVE_INFINITY;
  let end = 0;
  for (const grid of grids) {
    const found = grid.findIndex((value) => !Number.isNaN(value));
    if (found === -1) continue;
    first = Math.min(first, found);
    end = Math.max(end, grid.findLastIndex((value) => !Number.isNaN(value)) + 1);
  }
  return [first, end];
}

function holes(values: Float64Array): number {
  let count = 0;
  for (const value of values) if (Number.isNaN(value)) count += 1;
  return count;
}
