import { meanLatency } from '../../predict/pool-load/latency-mixture.ts';
import { type ClusterOutlook, isFreshCluster, type PoolOutlook, type StorageState } from '../storage-state.ts';
import type { PoolRequest } from './pool-request.ts';
import { type Promised, type Refused, refusePool } from './refuse-pool.ts';
import { type ScorePart, scorePool } from './score-pool.ts';

/** What is said of one pool for one request. */
export type PoolVerdict =
  | { readonly kind: 'fits'; readonly pool: PoolOutlook; readonly score: number; readonly parts: readonly ScorePart[] }
  | { readonly kind: 'refused'; readonly pool: PoolOutlook; readonly refused: readonly Refused[] };

export interface JudgeOptions {
  readonly nowSeconds: number;
  readonly maxAgeSeconds: number;
  readonly failureRisk: number;
  /** What was promised of a pool to others a moment ago. */
  readonly promised: (pool: string) => Promised;
}

/** What a pool is known by: `<fsid>/<name>`. */
export function poolKey({ cluster, name }: Pick<PoolOutlook, 'cluster' | 'name'>): string {
  return `${cluster}/${name}`;
}

/** Judges pools for a request. Pure: the same state, request and options give the same verdicts. What is known of a cluster too long ago is not acted on. */
export function judgePools(
  pools: readonly PoolOutlook[],
  state: StorageState,
  request: PoolRequest,
  options: JudgeOptions,
): PoolVerdict[] {
  const { nowSeconds, maxAgeSeconds, failureRisk, promised } = options;
  const clusters = new Map(state.clusters.map((cluster) => [cluster.cluster, cluster]));
  const refusedFor = pools.map((pool) => {
    const cluster = clusters.get(pool.cluster);
    const isFresh = cluster !== undefined && isFreshCluster(cluster, nowSeconds, maxAgeSeconds);
    return isFresh ? refusePool(pool, request, promised(poolKey(pool))) : [staleness(cluster, nowSeconds)];
  });
  const fitting = pools.filter((_, i) => refusedFor[i]?.length === 0);
  const lowestLatency = least(fitting.map(({ latencyParts }) => meanLatency(latencyParts)));
  return pools.map((pool, i) => {
    const refused = refusedFor[i] ?? [];
    if (refused.length > 0) return { kind: 'refused', pool, refused };
    const context = { nowSeconds, lowestLatency, failureRisk };
    return { kind: 'fits', pool, ...scorePool(pool, request, promised(poolKey(pool)), context) };
  });
}

function staleness(cluster: ClusterOutlook | undefined, nowSeconds: number): Refused {
  const age = Math.round(nowSeconds - (cluster?.dataSeconds ?? Number.NaN));
  const text = cluster === undefined ? 'nothing is known of its cluster' : `what is known of it is ${age} s old`;
  return { reason: 'stale', text };
}

/** NaN of nothing. */
function least(values: readonly number[]): number {
  return values.reduce((lowest, value) => (lowest <= value || Number.isNaN(value) ? lowest : value), Number.NaN);
}
