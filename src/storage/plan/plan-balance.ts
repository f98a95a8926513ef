import { osdWeight } from '../pool-room.ts';
import type { ClusterOutlook, OsdOutlook } from '../storage-state.ts';
import { clusterPart, planId } from './plan-id.ts';
import type { PlanOptions } from './plan-options.ts';
import type { StoragePlan } from './storage-plan.ts';

/** An OSD is too full for its peers from near full less this on, when it is this much above their mean. Gone from twice as far below. */
const nearShare = 0.05;
const aboveMean = 0.1;
/** Ceph's own reweight-by-utilization takes off no more at once. */
const mostChange = 0.05;

/** Lower the weight of an OSD that fills long before the others of its class, which would end all pools on it. */
export function planBalance(cluster: ClusterOutlook, options: PlanOptions): StoragePlan[] {
  return cluster.osds.flatMap((osd) => relievePlan(osd, cluster, options) ?? []);
}

function relievePlan(osd: OsdOutlook, cluster: ClusterOutlook, options: PlanOptions): StoragePlan | undefined {
  const { reading, usedShare } = osd;
  if (!reading.up || osdWeight(reading) <= 0) return undefined;
  const id = planId(clusterPart(cluster.cluster), 'osd', String(osd.id), 'relieve');
  const slack = options.previous?.has(id) === true ? 2 : 1;
  const mean = meanUsed(osd, cluster);
  if (mean === undefined || usedShare < cluster.ratios.nearFull - slack * nearShare) return undefined;
  if (usedShare - mean < aboveMean / slack) return undefined;
  const wanted = reading.weight * (mean / usedShare);
  const weight = Math.round(100 * Math.max(wanted, reading.weight - mostChange)) / 100;
  const [own, others] = [usedShare, mean].map((share) => `${Math.round(100 * share)} %`);
  return {
    id,
    cluster: cluster.cluster,
    subject: `osd.${osd.id}`,
    reason: `${own} full, the others of its class ${others}: it fills first, and all pools on it with it`,
    isUrgent: usedShare >= cluster.ratios.nearFull,
    steps: [{ kind: 'osd-reweight', osd: osd.id, weight }],
  };
}

/** What the other OSDs of its class use, by their sizes; undefined without any. */
function meanUsed({ id, reading }: OsdOutlook, { osds }: ClusterOutlook): number | undefined {
  let [used, total] = [0, 0];
  for (const { id: otherId, reading: other } of osds) {
    if (otherId === id || other.deviceClass !== reading.deviceClass || osdWeight(other) <= 0) continue;
    used += other.usedBytes;
    total += other.totalBytes;
  }
  return total > 0 ? used / total : undefined;
}
