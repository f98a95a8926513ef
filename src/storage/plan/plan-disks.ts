import { diskKey, type NodeDisk } from '../node-disks.ts';
import { clusterPart, planId } from './plan-id.ts';
import { type PlanOptions, stickyShare } from './plan-options.ts';
import type { PlanStep, StoragePlan } from './storage-plan.ts';

const secondsPerDay = 86_400;

/** Retire OSDs and replace disks that fail or probably will. */
export function planDisks(disks: readonly NodeDisk[], options: PlanOptions): StoragePlan[] {
  const fresh = disks.filter(
    ({ readSeconds }) => Math.abs(options.nowSeconds - readSeconds) <= options.diskMaxAgeSeconds,
  );
  const byOsd = new Map<string, NodeDisk[]>();
  const others: NodeDisk[] = [];
  for (const disk of fresh) {
    if (disk.osd === undefined) others.push(disk);
    else {
      const key = osdPlanId(disk.osd);
      byOsd.set(key, [...(byOsd.get(key) ?? []), disk]);
    }
  }
  return [
    ...[...byOsd].flatMap(([id, own]) => osdPlan(id, own, options) ?? []),
    ...others.flatMap((disk) => diskPlan(disk, options) ?? []),
  ];
}

function osdPlanId({ cluster, id }: NonNullable<NodeDisk['osd']>): string {
  return planId(clusterPart(cluster), 'osd', String(id), 'retire');
}

/** An OSD goes with the worst of its disks (data, and where it is apart the one of its database). */
function osdPlan(id: string, disks: readonly NodeDisk[], options: PlanOptions): StoragePlan | undefined {
  const bad = disks.filter(({ outlook }) => isToReplace(id, outlook, options));
  const [worst] = bad.toSorted((one, other) => other.outlook.p14 - one.outlook.p14);
  if (worst?.osd === undefined) return undefined;
  const { id: osd, cluster } = worst.osd;
  const retire: PlanStep =
    options.retireBy === 'osd-out' ? { kind: 'osd-out', osd } : { kind: 'osd-crush-reweight', osd, weight: 0 };
  return {
    id,
    cluster,
    subject: `osd.${osd}`,
    reason: reasonOf(worst),
    isUrgent: worst.outlook.isFailing,
    steps: [retire, ...bad.map((disk) => replaceStep(disk, options))],
  };
}

function diskPlan(disk: NodeDisk, options: PlanOptions): StoragePlan | undefined {
  const { outlook, node, device } = disk;
  const id = planId('disk', diskKey(disk), 'replace');
  if (!isToReplace(id, outlook, options)) return undefined;
  return {
    id,
    cluster: '',
    subject: `disk ${device || diskKey(disk)} of ${node}`,
    reason: reasonOf(disk),
    isUrgent: outlook.isFailing,
    steps: [replaceStep(disk, options)],
  };
}

function isToReplace(id: string, { isFailing, p14 }: NodeDisk['outlook'], options: PlanOptions): boolean {
  const threshold = options.previous?.has(id) === true ? stickyShare * options.threshold : options.threshold;
  return isFailing || p14 >= threshold;
}

function replaceStep({ node, device, ids, osd, outlook }: NodeDisk, { nowSeconds }: PlanOptions): PlanStep {
  const today = Math.floor(nowSeconds / secondsPerDay);
  return {
    kind: 'replace-disk',
    node,
    device: device || ids[0] || outlook.serial,
    osd: osd?.id,
    byDay: Math.max(today, outlook.isFailing ? today : (outlook.replaceBy?.day ?? today)),
  };
}

function reasonOf({ device, ids, outlook }: NodeDisk): string {
  const chance = Number.isNaN(outlook.p14)
    ? ''
    : `, ${Number((100 * outlook.p14).toPrecision(2))} % to fail within 14 days`;
  const why = outlook.drivers[0];
  return `${device || ids[0] || outlook.serial}${chance}${why === undefined ? '' : `: ${why}`}`;
}
