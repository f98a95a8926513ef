import type { PodView } from '../cluster/view.ts';
import type { LoadTable } from './load-table.ts';
import type { NameIndex } from './name-index.ts';
import type { PodLoad } from './pod-load.ts';
import type { ScorePieces } from './score-pieces.ts';
import type { TableKernel } from './table-kernel.ts';

/** What decisions may be based on now, or why on nothing. */
export type Footing =
  | { readonly kind: 'sound'; readonly table: LoadTable; readonly horizonSeconds: number }
  | { readonly kind: 'unsound'; readonly reason: 'not-synced' | 'outlook-stale' };

/** A pod's load that is not in this thread's memory: which it is. */
export interface MissingLoad {
  readonly missing: LoadWish;
}

/** A pod whose load is wanted, as it came and as it was read. */
export interface LoadWish {
  readonly object: unknown;
  readonly pod: PodView;
}

/**
 * What calls are answered from: on the thread that follows the cluster its own state, on any other what that thread published. `Missing` is never where
 * every load is at hand.
 */
export interface Ground<Missing extends MissingLoad> {
  readonly index: NameIndex | undefined;
  readonly pieces: ScorePieces | undefined;
  readonly kernel: TableKernel | undefined;
  /** Takes over what was published meanwhile: before each call, so that all of a call is of one table. */
  catchUp(): void;
  /** Reads a pod; undefined when it is not the shape of one. */
  read(object: unknown): PodView | undefined;
  footing(nowSeconds: number): Footing;
  load(wish: LoadWish, steps: number): PodLoad | Missing;
  /** Nodes of a call are looked up in the cluster where they were not known. */
  learn(indices: Int32Array, count: number): void;
}
