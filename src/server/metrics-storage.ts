import { Counter, type Registry } from 'prom-client';
import { poolRefusalReasons, type StorageState } from '../storage/storage-state.ts';
import type { ClaimOutcome, ClaimReason } from '../webhook/claims/claim-outcomes.ts';
import { gauge, type Polled } from './metrics-polled.ts';

export type CountClaim = (outcome: ClaimOutcome, reason: ClaimReason | '') => void;

/** Counts decisions on claims. */
export function claimCounter(registry: Registry): CountClaim {
  const claims = new Counter({
    name: 'barograph_claims_total',
    help: 'Decisions on claims by outcome (enforced, observed, unchanged) and, where unchanged, the reason',
    labelNames: ['outcome', 'reason'],
    registers: [registry],
  });
  return (outcome, reason) => claims.inc({ outcome, reason });
}

export interface StorageNumbers {
  readonly state: StorageState | undefined;
  readonly nowSeconds: number;
}

/** What is known of storage, without names of pools or disks: bounded labels only. No samples where storage is not configured. */
export function storageMetrics(read: () => StorageNumbers | undefined): readonly Polled[] {
  const one = (value: (numbers: StorageNumbers & { state: StorageState }) => number | undefined): Polled['read'] => {
    return () => {
      const numbers = read();
      const { state } = numbers ?? {};
      return numbers === undefined || state === undefined ? [] : [{ labels: {}, value: value({ ...numbers, state }) }];
    };
  };
  const pools = (state: StorageState) => state.clusters.flatMap((cluster) => cluster.pools);
  return [
    gauge(
      'barograph_storage_age_seconds',
      'Time since the oldest of the newest readings of Ceph clusters',
      [],
      one(oldest),
    ),
    gauge(
      'barograph_storage_pools',
      'Pools that are known',
      [],
      one(({ state }) => pools(state).length),
    ),
    gauge('barograph_storage_pools_refused', 'Pools that take no new volume, by reason', ['reason'], () => {
      const state = read()?.state;
      if (state === undefined) return [];
      const refused = pools(state).flatMap((pool) => pool.refused.map(({ reason }) => reason));
      return poolRefusalReasons.map((reason) => ({
        labels: { reason },
        value: refused.filter((one) => one === reason).length,
      }));
    }),
    gauge(
      'barograph_storage_disks_failing',
      'Disks below OSDs that say themselves that they fail, or are expected to within 14 days',
      [],
      one(({ state }) => state.clusters.flatMap(({ disks }) => disks).filter(({ isFailing }) => isFailing).length),
    ),
  ];
}

function oldest({ state, nowSeconds }: StorageNumbers & { state: StorageState }): number | undefined {
  const ages = state.clusters.map(({ dataSeconds }) => nowSeconds - dataSeconds);
  return ages.length === 0 ? undefined : Math.max(...ages);
}
