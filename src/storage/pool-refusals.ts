import type { CephReading, OsdReading, PoolReading } from '../core/storage.ts';
import { fullestShare, osdWeight } from './pool-room.ts';
import type { DiskRisk, RefusedBecause } from './storage-state.ts';

/**
 * One dying disk among many is what replicas are for: the pool goes on with a lower score. From this share of its data on it takes no new volume: a pool
 * of twenty disks with one that dies, or any smaller one.
 */
export const mostFailingShare = 0.05;
/** With more than this share of a cluster's placement groups not clean nothing new is put there. */
const mostUncleanShare = 0.5;

export interface PoolFacts {
  readonly pool: PoolReading;
  readonly osds: readonly OsdReading[];
  readonly disks: DiskRisk;
  readonly reading: CephReading;
}

/** Hard facts for which a pool takes no new volume, whatever asks for one; none for load. */
export function poolRefusals(facts: PoolFacts): RefusedBecause[] {
  return [...fillRefusals(facts), ...diskRefusals(facts.disks), ...osdRefusals(facts), ...cleanRefusals(facts)];
}

function fillRefusals({ pool, osds, reading }: PoolFacts): RefusedBecause[] {
  const { nearFull, full } = reading.ratios;
  const fullest = fullestShare(osds);
  const refused: RefusedBecause[] = [];
  if (fullest >= full) {
    refused.push({ reason: 'full', text: `its fullest OSD is ${percent(fullest)} full: Ceph refuses writes` });
  } else if (fullest >= nearFull) {
    const mark = percent(nearFull);
    refused.push({ reason: 'near-full', text: `its fullest OSD is ${percent(fullest)} full, near full is ${mark}` });
  }
  if (pool.quotaBytes !== undefined && pool.storedBytes >= pool.quotaBytes) {
    refused.push({ reason: 'quota', text: 'its quota is used up' });
  }
  return refused;
}

function diskRefusals({ failing, failingShare }: DiskRisk): RefusedBecause[] {
  if (failing.length === 0 || failingShare < mostFailingShare) return [];
  const named = failing.length > 3 ? `${failing.slice(0, 3).join(', ')}, …` : failing.join(', ');
  const text = `${percent(failingShare)} of it lies on disks that are failing: ${named}`;
  return [{ reason: 'failing-disks', text }];
}

function osdRefusals({ pool, osds, reading }: PoolFacts): RefusedBecause[] {
  // Without the CRUSH map what holds a replica is a guess: only OSDs are counted then.
  const isByOsd = pool.failureDomain === 'osd' || reading.assumptions !== undefined;
  const working = osds.filter((osd) => osd.up && osdWeight(osd) > 0);
  // Racks and above are not in the reading: as many hosts are the least that they hold.
  const domains = new Set(working.map((osd) => (isByOsd ? String(osd.id) : osd.host)));
  if (domains.size >= pool.size) return [];
  const unit = isByOsd ? 'OSDs' : 'hosts with OSDs';
  return [{ reason: 'too-few-osds', text: `${domains.size} ${unit} of it are up and in, it needs ${pool.size}` }];
}

function cleanRefusals({ osds, reading }: PoolFacts): RefusedBecause[] {
  const { total, unclean } = reading.placementGroups;
  const share = total > 0 ? unclean / total : 0;
  const isDown = osds.some((osd) => osdWeight(osd) > 0 && !osd.up);
  const isStopped = isDown && reading.health.checks.some(({ code }) => code === 'PG_AVAILABILITY');
  if (share <= mostUncleanShare && !isStopped) return [];
  return [{ reason: 'unclean', text: `${unclean} of the cluster's ${total} placement groups are not clean` }];
}

export function percent(share: number): string {
  return `${Math.round(1000 * share) / 10} %`;
}
