import type { PerResource } from '../core/resource.ts';
import type { KernelFrame } from './kernel-layout.ts';
import type { NameData, NameIndex } from './name-index.ts';
import type { ScorePieces } from './score-pieces.ts';
import type { TableKernel } from './table-kernel.ts';
import type { TableLock } from './table-lock.ts';

/** Kept in memory that all threads see. */
export interface LoadArrays {
  /** Steps before it are over, and not in the rows. */
  readonly fromStep: number;
  /** Mean and variance in turn, step by step, node by node: half the size and in one place, as memory is what scoring waits for. */
  readonly pairs: PerResource<Float32Array>;
  /** Zero where the cluster does not know the node (yet), or its forecast is unusable. */
  readonly allocatable: PerResource<Float64Array>;
  readonly rows: Float32Array;
  /** At [0]: a pod whose memory is forecast below it is refused by no node. */
  readonly least: Float64Array;
}

/** The load of every node of an Outlook over its horizon, as matrices of nodes × steps, and a row per node that sums it up: what calls are answered from. */
export interface LoadTable extends LoadArrays {
  readonly index: NameIndex;
  readonly steps: number;
  readonly lock: TableLock;
  /** Answers from the table in machine code, where that can be. */
  readonly kernel: TableKernel | undefined;
}

/** A table as it goes to other threads: all that is large in it is shared memory, which is not copied. */
export interface TableFrame extends LoadArrays {
  /** Counts what was published; the newest is in use. */
  readonly number: number;
  readonly outlook: OutlookTimes;
  /** Whether everything of the cluster was listed once. */
  readonly synced: boolean;
  readonly names: NameData;
  readonly pieces: ScorePieces;
  /** Of the TableLock. */
  readonly counts: Int32Array;
  /** As of ForecastLookup; undefined too where there are many. */
  readonly barePods: ReadonlySet<string> | undefined;
  /** Undefined where the table is not in a kernel's memory. */
  readonly kernel: KernelFrame | undefined;
}

/** What of an Outlook says whether it may be acted on, and which step it is. */
export interface OutlookTimes {
  readonly version: number;
  readonly dataSeconds: number;
  readonly horizonStartSeconds: number;
  readonly stepSeconds: number;
  readonly steps: number;
}
