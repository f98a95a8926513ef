import { mergedDisks, type NodeDisk, osdDisksOf } from '../node-disks.ts';
import { isFreshCluster, type StorageState } from '../storage-state.ts';
import { planBalance } from './plan-balance.ts';
import { planDisks } from './plan-disks.ts';
import type { PlanOptions } from './plan-options.ts';
import { planPools } from './plan-pools.ts';
import { steadyPlan } from './plan-steady.ts';
import type { StoragePlan } from './storage-plan.ts';

/**
 * What is recommended, the urgent first: OSDs to retire and disks to replace, OSDs to relieve, pools to grow or to take volumes off. Pure: the same knowledge and
 * the same plans of before give the same plans. `nodeDisks` are those that were read on machines, beside the ones that Ceph knows.
 */
export function planStorage(
  state: StorageState | undefined,
  nodeDisks: readonly NodeDisk[],
  options: PlanOptions,
): StoragePlan[] {
  const clusters = (state?.clusters ?? []).filter((one) =>
    isFreshCluster(one, options.nowSeconds, options.maxAgeSeconds),
  );
  const ofCeph = state === undefined ? [] : osdDisksOf({ ...state, clusters });
  const retiring = planDisks(mergedDisks([...ofCeph, ...nodeDisks]), options);
  const subjects = new Set(retiring.map(({ subject, cluster }) => `${cluster} ${subject}`));
  const others = clusters.flatMap((cluster) => [...planBalance(cluster, options), ...planPools(cluster, options)]);
  // An OSD that is retired needs no relief.
  const all = [...retiring, ...others.filter(({ subject, cluster }) => !subjects.has(`${cluster} ${subject}`))];
  return all
    .map((plan) => steadyPlan(plan, options.previous?.get(plan.id)))
    .toSorted((one, other) => Number(other.isUrgent) - Number(one.isUrgent) || (one.id < other.id ? -1 : 1));
}
