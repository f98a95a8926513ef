import type { StorageClassView } from '../../cluster/storage-view.ts';
import type { ClusterOutlook, PoolOutlook, StorageState } from '../../storage/storage-state.ts';

/** What the volumes of a class are put on. */
export type Backing =
  /** `data` holds the volumes' bytes; `others` what else a volume of the class needs (the pool of RBD images whose data is in another). */
  | { readonly kind: 'ceph'; readonly data: PoolOutlook; readonly others: readonly PoolOutlook[] }
  /** A driver that is not Ceph's: only what it says of its capacity is known. */
  | { readonly kind: 'csi' }
  | { readonly kind: 'unknown'; readonly why: string };

// Rook puts its own namespace before the driver's name.
const rbd = /(?:^|\.)rbd\.csi\.ceph\.com$/;
const cephFs = /(?:^|\.)cephfs\.csi\.ceph\.com$/;

export function isCephFs({ provisioner }: Pick<StorageClassView, 'provisioner'>): boolean {
  return cephFs.test(provisioner);
}

export function isRbd({ provisioner }: Pick<StorageClassView, 'provisioner'>): boolean {
  return rbd.test(provisioner);
}

/**
 * The pools behind a class, by the parameters of ceph-csi (and so of Rook): clusterID, pool and dataPool for RBD; clusterID, fsName and, where it is given, pool for
 * CephFS. `fsids` names clusters by their clusterID where that is not the fsid.
 */
export function backingOf(
  view: StorageClassView,
  state: StorageState | undefined,
  fsids: Readonly<Record<string, string>>,
): Backing {
  if (!isRbd(view) && !isCephFs(view)) return { kind: 'csi' };
  const { clusterID = '' } = view.parameters;
  const cluster = clusterOf(clusterID, state, fsids);
  if (cluster === undefined) return unknown(`nothing is known of the Ceph cluster '${clusterID}'`);
  return isRbd(view) ? rbdBacking(view, cluster) : cephFsBacking(view, cluster);
}

function clusterOf(
  id: string,
  state: StorageState | undefined,
  fsids: Readonly<Record<string, string>>,
): ClusterOutlook | undefined {
  const clusters = state?.clusters ?? [];
  const fsid = Object.hasOwn(fsids, id) ? fsids[id] : id;
  const named = clusters.find(({ cluster }) => cluster !== '' && cluster === fsid);
  if (named !== undefined || Object.hasOwn(fsids, id)) return named;
  // Rook's clusterID is a namespace. Where only one cluster is read it is that one, unless another fsid is named.
  const isFsid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(id);
  const [only, another] = clusters;
  return another === undefined && !(isFsid && only?.cluster !== '') ? only : undefined;
}

function rbdBacking({ parameters }: StorageClassView, cluster: ClusterOutlook): Backing {
  const { pool, dataPool } = parameters;
  const own = poolOf(cluster, pool);
  if (own === undefined) return unknown(`its Ceph cluster has no pool '${pool ?? ''}'`);
  if (dataPool === undefined) return { kind: 'ceph', data: own, others: [] };
  const data = poolOf(cluster, dataPool);
  return data === undefined
    ? unknown(`its Ceph cluster has no pool '${dataPool}'`)
    : { kind: 'ceph', data, others: [own] };
}

/** How Rook, `ceph fs volume create` and older guides name the first data pool of a file system. */
function cephFsBacking({ parameters }: StorageClassView, cluster: ClusterOutlook): Backing {
  const { pool, fsName = '' } = parameters;
  const names = pool === undefined ? [`${fsName}-data0`, `cephfs.${fsName}.data`, `${fsName}_data`] : [pool];
  const data = names.map((name) => poolOf(cluster, name)).find((found) => found !== undefined);
  if (data !== undefined) return { kind: 'ceph', data, others: [] };
  return unknown(
    `no pool of the file system '${fsName}' is known (${names.join(', ')}); the class's parameter pool names one`,
  );
}

function poolOf({ pools }: ClusterOutlook, name: string | undefined): PoolOutlook | undefined {
  return pools.find((pool) => pool.name === name);
}

function unknown(why: string): Backing {
  return { kind: 'unknown', why };
}
