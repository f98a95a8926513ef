import type { Config } from '../core/config.ts';
import { keepThread, threadFile } from '../core/kept-thread.ts';
import type { Logger } from '../core/log.ts';
import type { NodeDisk } from './node-disks.ts';
import type { StorageState } from './storage-state.ts';

/** What the storage thread is started with. */
export interface StorageThreadData {
  readonly config: Config;
  /** The machine's time at which the process started: both threads show the same time by it. */
  readonly startedMilliseconds: number;
}

export type StorageMessage =
  | { readonly kind: 'state'; readonly state: StorageState }
  | { readonly kind: 'node-disks'; readonly disks: readonly NodeDisk[] }
  | { readonly kind: 'failure'; readonly source: string };

/** What is known and expected of storage now, kept by a thread of its own. */
export interface StorageKeeper {
  /** undefined before the first reading. */
  readonly state: StorageState | undefined;
  /** Disks that were read on machines; none before the first reading. */
  readonly nodeDisks: readonly NodeDisk[];
  /** Reads that failed. */
  readonly failures: number;
  close(): Promise<void>;
}

export interface KeepStorageOptions {
  readonly logger: Logger;
  readonly onState?: (state: StorageState) => void;
  readonly onNodeDisks?: (disks: readonly NodeDisk[]) => void;
}

export function keepStorage(
  data: StorageThreadData,
  { logger, onState, onNodeDisks }: KeepStorageOptions,
): StorageKeeper {
  let state: StorageState | undefined;
  let nodeDisks: readonly NodeDisk[] = [];
  let failures = 0;
  const thread = keepThread<StorageMessage>({
    file: threadFile('storage-thread', import.meta.url),
    workerData: data,
    name: 'the storage thread',
    logger,
    onMessage: (message) => {
      if (message.kind === 'failure') failures += 1;
      else if (message.kind === 'node-disks') {
        nodeDisks = message.disks;
        onNodeDisks?.(nodeDisks);
      } else {
        ({ state } = message);
        onState?.(state);
      }
    },
  });
  return {
    get state() {
      return state;
    },
    get nodeDisks() {
      return nodeDisks;
    },
    get failures() {
      return failures;
    },
    close: () => thread.close(),
  };
}
