import type { OsdReading } from '../core/storage.ts';
import { osdWeight } from './pool-room.ts';
import type { DiskRisk, OsdDiskOutlook } from './storage-state.ts';

/** What the disks below some OSDs mean for the data on them. */
export function diskRiskOf(
  osds: readonly OsdReading[],
  disks: ReadonlyMap<number, readonly OsdDiskOutlook[]>,
): DiskRisk {
  const failing: string[] = [];
  let worstP14 = Number.NaN;
  let weight = 0;
  let failingWeight = 0;
  for (const osd of osds) {
    const below = disks.get(osd.id) ?? [];
    for (const { outlook, isFailing, deviceId } of below) {
      if (!(worstP14 >= outlook.p14) && !Number.isNaN(outlook.p14)) worstP14 = outlook.p14;
      if (isFailing) failing.push(deviceId);
    }
    weight += osdWeight(osd);
    if (below.some((disk) => disk.isFailing)) failingWeight += osdWeight(osd);
  }
  return { worstP14, failing, failingShare: weight > 0 ? failingWeight / weight : 0 };
}
