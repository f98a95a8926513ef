import { matchesNode } from '../cluster/node-terms.ts';
import type { VolumeView } from '../cluster/storage-view.ts';
import type { NodeView } from '../cluster/view.ts';
import { type Danger, dangerOf, type NodeDisk } from '../storage/node-disks.ts';
import type { LocalVolume } from './disk-health-volumes.ts';

/** What a node's disks mean for one pod. */
export interface DiskVerdict {
  /** `uncertain`: a disk of the node is in danger, and it is not known whether the volume is on it. */
  readonly danger: Danger | 'uncertain';
  /** What is left of the node's score, 0–1. */
  readonly keptShare: number;
  /** For people: which disk, and why. */
  readonly words: string;
}

/**
 * The verdict of a node on a pod with such volumes: the worst of what its volumes would be put on. undefined when they are not put on any disk in danger.
 * `disks` are all of the node's.
 */
export function verdictOf(
  node: Pick<NodeView, 'name' | 'labels'>,
  disks: readonly NodeDisk[],
  volumes: readonly LocalVolume[],
  threshold: number,
): DiskVerdict | undefined {
  const verdicts = volumes.flatMap((volume) => {
    if (volume.kind === 'new') return disks.flatMap((disk) => ofDisk(disk, threshold) ?? []);
    return ofVolume(node, disks, volume.volume, threshold);
  });
  return verdicts.toSorted(
    (one, other) => order[one.danger] - order[other.danger] || one.keptShare - other.keptShare,
  )[0];
}

const order: Readonly<Record<DiskVerdict['danger'], number>> = { failing: 0, likely: 1, uncertain: 2, raised: 3 };

function ofDisk(disk: NodeDisk, threshold: number): DiskVerdict | undefined {
  const danger = dangerOf(disk.outlook, threshold);
  if (danger === undefined) return undefined;
  const keptShare = danger === 'raised' ? 1 - disk.outlook.p14 / threshold : 0;
  return { danger, keptShare, words: wordsOf(disk) };
}

function ofVolume(
  node: Pick<NodeView, 'name' | 'labels'>,
  disks: readonly NodeDisk[],
  volume: VolumeView,
  threshold: number,
): DiskVerdict[] {
  if (volume.nodes === undefined || !matchesNode(volume.nodes, node)) return [];
  const own = disks.filter((disk) => isOn(volume, disk));
  if (own.length > 0) return own.flatMap((disk) => ofDisk(disk, threshold) ?? []);
  // What an OSD has as a whole holds no volume of others.
  const possible = disks.filter(({ osd }) => osd === undefined);
  const verdicts = possible.flatMap((disk) => ofDisk(disk, threshold) ?? []);
  return possible.length === 1 ? verdicts : verdicts.map((verdict) => ({ ...verdict, danger: 'uncertain' }));
}

/** By what its annotation says, else by its path: `/dev/sdb`, `/dev/sdb1`, `/dev/disk/by-id/ata-MODEL_SERIAL`. */
function isOn({ device, place }: VolumeView, disk: NodeDisk): boolean {
  if (device !== undefined) return isCalled(device, disk);
  if (place.kind !== 'local' || !place.path.startsWith('/dev/')) return false;
  const name = place.path.slice('/dev/'.length);
  if (!name.includes('/')) return isCalled(name.replace(/(?<=^(?:sd|vd|xvd|hd)[a-z]+)\d+$|(?<=\d)p\d+$/, ''), disk);
  return [disk.outlook.serial, ...disk.ids].some((id) => id !== '' && name.includes(id));
}

function isCalled(name: string, { device, ids, outlook }: NodeDisk): boolean {
  return name === device || name === outlook.serial || ids.includes(name);
}

function wordsOf({ device, ids, outlook }: NodeDisk): string {
  const name = device || ids[0] || outlook.serial || 'a disk';
  const chance = Number.isNaN(outlook.p14) ? '' : ` (${percentOf(outlook.p14)} within 14 days)`;
  const why = outlook.drivers[0];
  const what = outlook.isFailing ? 'fails' : 'may fail';
  return `its disk ${name} ${what}${chance}${why === undefined ? '' : `: ${why}`}`;
}

function percentOf(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}
