import type { NamePlaces } from './name-places.ts';
import type { PodLoad } from './pod-load.ts';
import type { Scores } from './scores.ts';
import type { TableLock } from './table-lock.ts';

/** What answers calls from a table in machine code. What it reads and scores stays until the next call. */
export interface TableKernel {
  readonly places: NamePlaces;
  readonly scores: Scores;
  /** Which rows are in use, and from which step on. */
  look(rowSet: 0 | 1, fromStep: number): void;
  /** Reads names into `places` from behind an opening bracket; the position behind the closing one, or -1 when it is not for this. */
  readNames(body: Buffer, start: number): number;
  /** scoreNodes() for the places that were read, into `scores`, for the table that this is the kernel of. */
  scoreNodes(table: { readonly fromStep: number; readonly lock: TableLock }, pod: PodLoad): void;
  /** The answer by `places` and `scores`, good until the next call; undefined when it does not fit. */
  answer(): Uint8Array | undefined;
}
