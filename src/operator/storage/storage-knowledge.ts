import type { NodeDisk } from '../../storage/node-disks.ts';
import type { StorageState } from '../../storage/storage-state.ts';

/** What is known of storage at a turn. */
export interface StorageKnowledge {
  readonly state: StorageState | undefined;
  readonly disks: readonly NodeDisk[];
  /** Those of `disks` that were read on machines. */
  readonly nodeDisks: readonly NodeDisk[];
}
