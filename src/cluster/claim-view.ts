import type { NodeTerms } from './node-terms.ts';
import type { StorageClassView } from './storage-view.ts';

/** What choosing a class for a claim needs of the cluster's storage, kept by watches, read from memory only. */
export interface ClaimClassView {
  /** Whether classes and capacities were listed once. Until then no class is chosen. */
  readonly synced: boolean;
  /** Undefined names the cluster's default class. */
  storageClass(name: string | undefined): StorageClassView | undefined;
  storageClasses(): Iterable<StorageClassView>;
  /** What CSI drivers say is free for a class, by segment of the topology. */
  capacities(storageClass: string): readonly StorageCapacityView[];
}

/** One CSIStorageCapacity: what volumes of a class can be made in one segment of the cluster. */
export interface StorageCapacityView {
  readonly storageClass: string;
  /** The nodes that reach it; undefined where it is not said: none do. */
  readonly nodes: NodeTerms | undefined;
  readonly capacityBytes: number;
  /** Of one volume; undefined where the driver does not say. */
  readonly largestBytes: number | undefined;
}
