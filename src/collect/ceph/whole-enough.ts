import { BarographError } from '../../core/errors.ts';
import { type ClusterSample, isWholePool, type OsdSample, type PoolSample } from './cluster-sample.ts';

/**
 * Refuses a sample that would be read as an empty or idle cluster: a manager that has just become active does not know its placement groups and counters yet;
 * from Ceph 17.2.7 on it never has the OSDs' counters. Throws SOURCE_UNAVAILABLE.
 */
export function refusePartial(sample: ClusterSample, name: string): void {
  const problem = partialBecause(sample);
  if (problem === undefined) return;
  throw new BarographError(
    'SOURCE_UNAVAILABLE',
    `${name}: expected the metrics of a whole cluster, received ${problem}`,
  );
}

/** Why a sample is not of a whole cluster; undefined where it is. */
export function partialBecause({ healthStatus, pools, osds }: ClusterSample): string | undefined {
  if (!(healthStatus >= 0 && healthStatus <= 2)) return 'no ceph_health_status: is the manager up, and scraped?';
  const known = [...osds.values()].filter((osd) => !Number.isNaN(osd.up));
  if (known.length === 0) return 'none of ceph_osd_up';
  return poolProblem([...pools.values()]) ?? osdProblem(known);
}

function poolProblem(pools: readonly PoolSample[]): string | undefined {
  const bare = pools.filter((pool) => !isWholePool(pool));
  if (2 * bare.length > pools.length) {
    const ids = bare.map(({ id }) => id).join(', ');
    return `pools (${ids}) without their names, ceph_pool_stored or ceph_pool_max_avail`;
  }
  const total = pools.reduce((sum, { placementGroups }) => sum + (placementGroups.total || 0), 0);
  const unknown = pools.reduce((sum, { placementGroups }) => sum + (placementGroups.unknown || 0), 0);
  if (total === 0 && pools.length > 0) return 'no placement groups: the manager has just started';
  return 2 * unknown > total
    ? `${unknown} of ${total} placement groups unknown: the manager has just started`
    : undefined;
}

function osdProblem(osds: readonly OsdSample[]): string | undefined {
  const up = osds.filter((osd) => osd.up === 1);
  const silent = up.filter((osd) => Number.isNaN(osd.totalBytes));
  if (up.length === 0 || 2 * silent.length <= up.length) return undefined;
  return `no ceph_osd_stat_bytes of ${silent.length} of ${up.length} OSDs; from Ceph 17.2.7 on ceph-exporter has them: name its pages in storage.ceph.metrics.exporters, or let the Prometheus scrape it`;
}
