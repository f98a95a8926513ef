import type { LiveCluster, LiveOsd, LivePool } from '../../../src/operator/storage/live-cluster.ts';
import { fsid } from '../../support/storage-state.ts';

const TB = 1e12;

/** An OSD of 4 TB, half full, on a host of its own. */
export function liveOsd(id: number, more: Partial<LiveOsd> = {}): LiveOsd {
  return {
    id,
    up: true,
    in: true,
    reweight: 1,
    crushWeight: 3.64,
    usedBytes: 2 * TB,
    totalBytes: 4 * TB,
    placementGroups: 32,
    deviceClass: 'hdd',
    above: { host: `node-${id}`, root: 'default' },
    ...more,
  };
}

/** Three replicas, of which two must be there, on hosts. */
export function livePool(more: Partial<LivePool> = {}): LivePool {
  const rule = { takes: [{ bucket: 'default', deviceClass: undefined }], failureDomain: 'host' };
  return { name: 'rbd', size: 3, minSize: 2, rule, ...more };
}

/** Five clean OSDs with one pool. */
export function liveCluster(more: Partial<LiveCluster> = {}): LiveCluster {
  return {
    fsid,
    health: 'HEALTH_OK',
    checks: [],
    flags: ['sortbitwise', 'recovery_deletes'],
    placementGroups: { total: 64, clean: 64 },
    nearFullRatio: 0.85,
    osds: [0, 1, 2, 3, 4].map((id) => liveOsd(id)),
    pools: [livePool()],
    ...more,
  };
}

/** The same cluster with another OSD in the place of one. */
export function withOsd(live: LiveCluster, id: number, more: Partial<LiveOsd>): LiveCluster {
  return { ...live, osds: live.osds.map((osd) => (osd.id === id ? { ...osd, ...more } : osd)) };
}
