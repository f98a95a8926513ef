import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import type { ClaimClassView, StorageCapacityView } from './claim-view.ts';
import type { KindCounts } from './cluster-state.ts';
import type { Connection } from './connection.ts';
import { Groups } from './groups.ts';
import { type CephClusterView, projectCephCluster } from './project-ceph-cluster.ts';
import { projectStorageCapacity } from './project-storage-capacity.ts';
import { projectStorageClass } from './project-storage-class.ts';
import { projectClaim, projectVolume } from './project-volume.ts';
import { Reflector } from './reflector.ts';
import type { ClaimView, StorageClassView, StorageView, VolumeView } from './storage-view.ts';

export interface StorageObjectsOptions {
  readonly connection: Connection;
  readonly logger: Logger;
  readonly clock: Clock;
  /** In [0, 1): spreads waits and the lengths of watches. */
  readonly random?: () => number;
}

const absentSeconds = 180;

/** Claims, volumes and classes by watches of their own: only where something is known of disks is there any use for them. */
export class StorageObjects implements StorageView, ClaimClassView {
  readonly #claims: Reflector<ClaimView>;
  readonly #volumes: Reflector<VolumeView>;
  readonly #classes: Reflector<StorageClassView>;
  readonly #capacities: Reflector<StorageCapacityView>;
  readonly #cephClusters: Reflector<CephClusterView>;
  readonly #capacitiesByClass = new Groups<StorageCapacityView>((_, { storageClass }) => storageClass);

  constructor({ connection, logger, clock, random = Math.random }: StorageObjectsOptions) {
    const common = { connection, logger, clock, random };
    this.#claims = new Reflector({ ...common, path: '/api/v1/persistentvolumeclaims', project: projectClaim });
    this.#volumes = new Reflector({ ...common, path: '/api/v1/persistentvolumes', project: projectVolume });
    const classes = '/apis/storage.k8s.io/v1/storageclasses';
    this.#classes = new Reflector({ ...common, path: classes, project: projectStorageClass });
    this.#capacities = new Reflector({
      ...common,
      path: '/apis/storage.k8s.io/v1/csistoragecapacities',
      project: projectStorageCapacity,
      // Older clusters lack it; whoever may not read it is served without.
      retryAbsentSeconds: absentSeconds,
      onChange: (key, before, after) => this.#capacitiesByClass.change(key, before, after),
      onReplace: () => this.#capacitiesByClass.replace(this.#capacities.items),
    });
    this.#cephClusters = new Reflector({
      ...common,
      path: '/apis/ceph.rook.io/v1/cephclusters',
      project: projectCephCluster,
      // Only where there is Rook.
      retryAbsentSeconds: absentSeconds,
    });
  }

  start(): void {
    for (const reflector of this.#reflectors()) reflector.start();
  }

  async close(): Promise<void> {
    await Promise.all(this.#reflectors().map((reflector) => reflector.close()));
  }

  get synced(): boolean {
    return this.#reflectors().every((reflector) => reflector.synced);
  }

  /** By kind of object, for metrics. */
  get counts(): Readonly<Record<string, KindCounts>> {
    const kinds = {
      claims: this.#claims,
      volumes: this.#volumes,
      storageClasses: this.#classes,
      storageCapacities: this.#capacities,
      cephClusters: this.#cephClusters,
    };
    return Object.fromEntries(
      Object.entries(kinds).map(([kind, { counts, synced, items }]) => [
        kind,
        { ...counts, synced, items: items.size },
      ]),
    );
  }

  claim(namespace: string, name: string): ClaimView | undefined {
    return this.#claims.items.get(`${namespace}/${name}`);
  }

  volume(name: string): VolumeView | undefined {
    return this.#volumes.items.get(name);
  }

  storageClass(name: string | undefined): StorageClassView | undefined {
    if (name !== undefined) return this.#classes.items.get(name);
    for (const one of this.#classes.items.values()) if (one.isDefault) return one;
    return undefined;
  }

  storageClasses(): Iterable<StorageClassView> {
    return this.#classes.items.values();
  }

  capacities(storageClass: string): readonly StorageCapacityView[] {
    return this.#capacitiesByClass.get(storageClass);
  }

  /** The fsids of the Ceph clusters of Rook, by what StorageClasses call them. */
  fsids(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#cephClusters.items.values()].map(({ namespace, fsid }) => [namespace, fsid]));
  }

  #reflectors(): readonly Reflector<unknown>[] {
    return [
      this.#claims,
      this.#volumes,
      this.#classes,
      this.#capacities,
      this.#cephClusters,
    ] as readonly Reflector<unknown>[];
  }
}
