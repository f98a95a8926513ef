import type { MessagePort } from 'node:worker_threads';
import type { PodContainerView } from '../cluster/view.ts';
import type { OwnedObject } from '../core/workload.ts';
import type { TableFrame } from './load-table.ts';
import type { BoundKey, Placed } from './placements.ts';
import type { PodLoad } from './pod-load.ts';

/** What a pod's load is made from, where nobody has looked up its workload yet. */
export interface UnownedParts {
  readonly owned: OwnedObject;
  readonly containers: readonly PodContainerView[];
}

/** A load as it is told to other threads. */
export interface KnownLoad {
  readonly load: PodLoad;
  /** Version of the Outlook that it is of. */
  readonly version: number;
  /** Whether every container has a forecast; one that has none yet may have it soon. */
  readonly isWhole: boolean;
}

/** From the thread that writes to one that reads. */
export type ToReader =
  | { readonly kind: 'frame'; readonly frame: TableFrame }
  | { readonly kind: 'load'; readonly id: number; readonly known: KnownLoad | undefined }
  /** A pod was bound: what was it scored? */
  | { readonly kind: 'placed'; readonly id: number; readonly bound: BoundKey }
  /** Of which pods are scores remembered? */
  | { readonly kind: 'keys' };

/** From a thread that reads to the one that writes. */
export type FromReader =
  | { readonly kind: 'load'; readonly id: number; readonly parts: UnownedParts }
  | { readonly kind: 'placed'; readonly id: number; readonly placed: Placed | undefined }
  | { readonly kind: 'keys'; readonly keys: readonly string[] }
  /** A step is over, or nodes are asked for that the table does not know. */
  | { readonly kind: 'behind' };

/** What a thread is given to read by; goes through postMessage, with the port in its transfer list. */
export interface ReaderSeat {
  readonly port: MessagePort;
  /** At [0]: the number of the newest frame; at [1]: 1 while pods with volumes are the writer's. */
  readonly newest: Int32Array;
  /** Threads that answer calls, this one and the writer included. */
  readonly threads: number;
  /** The number of this one: the writer is 0. */
  readonly thread: number;
}
