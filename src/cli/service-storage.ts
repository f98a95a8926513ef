import type { ClusterState } from '../cluster/cluster-state.ts';
import { StorageObjects } from '../cluster/storage-objects.ts';
import type { Clock } from '../core/clock.ts';
import type { StorageConfig } from '../core/config.ts';
import type { Logger } from '../core/log.ts';
import { keepStorage, type StorageKeeper, type StorageThreadData } from '../storage/keep-storage.ts';
import type { NodeDisk } from '../storage/node-disks.ts';
import { RecentPlacements } from '../storage/recent-placements.ts';
import { knownDisks, openPlans, type ServicePlans } from './service-plans.ts';

/** What a service knows of storage, where its configuration has `storage`. */
export interface ServiceStorage {
  readonly config: StorageConfig;
  readonly keeper: StorageKeeper;
  /** Claims, volumes and classes; undefined without a cluster. */
  readonly objects: StorageObjects | undefined;
  readonly placements: RecentPlacements;
  readonly plans: ServicePlans;
  start(): void;
  close(): Promise<void>;
}

export interface StorageStart extends StorageThreadData {
  readonly cluster: ClusterState | undefined;
  /** Called with every disk that is known, each time that something was read. */
  readonly onDisks: (disks: readonly NodeDisk[]) => void;
}

interface Common {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** undefined where nothing of storage is configured. */
export function openStorage(
  { cluster, onDisks, ...data }: StorageStart,
  { clock, logger }: Common,
): ServiceStorage | undefined {
  const { storage } = data.config;
  if (storage === undefined) return undefined;
  const tellDisks = (): void => onDisks(knownDisks(keeper));
  const keeper: StorageKeeper = keepStorage(data, { logger, onState: tellDisks, onNodeDisks: tellDisks });
  const objects = cluster && new StorageObjects({ connection: cluster.connection, logger, clock });
  const plans = openPlans({ config: storage, keeper, connection: cluster?.connection, clock, logger });
  return {
    config: storage,
    keeper,
    objects,
    placements: new RecentPlacements(),
    plans,
    start() {
      objects?.start();
      plans.start();
    },
    async close() {
      await Promise.all([objects?.close(), keeper.close(), plans.close()]);
    },
  };
}
