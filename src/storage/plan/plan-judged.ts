import { mergedDisks, type NodeDisk, osdDisksOf } from '../node-disks.ts';
import { isFreshCluster, type StorageState } from '../storage-state.ts';
import type { PlanOptions } from './plan-options.ts';
import type { PlanStep, StoragePlan } from './storage-plan.ts';

/**
 * Whether enough is known to say that a plan of before, which is not made any more, is not needed: what cannot be read now is not well for that. A disk
 * that is gone from fresh readings was replaced.
 */
export function isJudged(
  plan: StoragePlan,
  state: StorageState | undefined,
  nodeDisks: readonly NodeDisk[],
  options: PlanOptions,
): boolean {
  const { nowSeconds, maxAgeSeconds, diskMaxAgeSeconds } = options;
  const isFresh = ({ readSeconds }: NodeDisk): boolean => Math.abs(nowSeconds - readSeconds) <= diskMaxAgeSeconds;
  if (plan.cluster === '' && plan.steps.every(({ kind }) => kind === 'replace-disk')) {
    return nodeDisks.some(isFresh);
  }
  const cluster = state?.clusters.find((one) => one.cluster === plan.cluster);
  if (state === undefined || cluster === undefined || !isFreshCluster(cluster, nowSeconds, maxAgeSeconds)) return false;
  const osd = retired(plan.steps);
  if (osd === undefined || !cluster.osds.some(({ id }) => id === osd)) return true;
  const own = mergedDisks([...osdDisksOf({ ...state, clusters: [cluster] }), ...nodeDisks]);
  return own.some((disk) => disk.osd?.id === osd && isFresh(disk));
}

/** The OSD that a plan retires for its disk. */
function retired(steps: readonly PlanStep[]): number | undefined {
  if (!steps.some(({ kind }) => kind === 'replace-disk')) return undefined;
  return steps.flatMap((step) => ('osd' in step && step.osd !== undefined ? [step.osd] : []))[0];
}
