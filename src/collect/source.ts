import type { TimeRange } from '../core/time-range.ts';
import type { ContainerKey } from '../core/workload.ts';
import type { RepairCounts } from './repair.ts';

/**
 * One container of one pod, one value a step. `times` are ends of intervals (unix seconds, ascending, on the step grid);
 * a value is NaN where there is no sample. CPU is the mean of the interval, memory its peak.
 */
export interface ContainerUsage {
  readonly key: ContainerKey;
  readonly pod: string;
  /** The node it ran on, where the source knows. */
  readonly node?: string | undefined;
  readonly times: Float64Array;
  readonly cpuMillicores: Float64Array;
  readonly memoryBytes: Float64Array;
  /** 1 where it was killed in the step because its memory ran out; absent where the source does not know. */
  readonly killed?: Uint8Array | undefined;
}

/** One node, in the same form. */
export interface NodeUsage {
  readonly node: string;
  readonly times: Float64Array;
  readonly cpuMillicores: Float64Array;
  readonly memoryBytes: Float64Array;
}

/** Measurements of one stretch of time. A source yields stretches in ascending order, each one once. */
export interface UsageBatch {
  readonly range: TimeRange;
  readonly containers: readonly ContainerUsage[];
  readonly nodes: readonly NodeUsage[];
  readonly repairs: RepairCounts;
}

/** Where measurements come from. Every implementation passes test/contract/source.ts. */
export interface Source {
  readonly kind: string;
  /**
   * All usage in a range. Throws SOURCE_UNAVAILABLE when the source does not answer within its budget; what was yielded
   * before stands. A range without samples yields batches without series, never an error.
   */
  read(range: TimeRange, signal?: AbortSignal): AsyncIterable<UsageBatch>;
  close(): Promise<void>;
}
