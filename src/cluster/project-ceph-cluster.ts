import { fieldsOf, textOf } from './fields.ts';

/** A Ceph cluster that Rook keeps. */
export interface CephClusterView {
  /** What StorageClasses of Rook call it (`clusterID`). */
  readonly namespace: string;
  /** What Ceph calls it. */
  readonly fsid: string;
}

/** A CephCluster of ceph.rook.io/v1; undefined until Ceph has told Rook its fsid. */
export function projectCephCluster(object: unknown): CephClusterView | undefined {
  const { metadata, status } = fieldsOf(object);
  const namespace = textOf(fieldsOf(metadata).namespace);
  const fsid = textOf(fieldsOf(fieldsOf(status).ceph).fsid);
  return namespace === undefined || fsid === undefined ? undefined : { namespace, fsid };
}
