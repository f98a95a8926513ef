import type { DiskOutlook } from '../predict/disk/disk-outlook.ts';
import type { StorageState } from './storage-state.ts';

/** One disk of a machine, and what is expected of it. */
export interface NodeDisk {
  /** The machine as whoever read the disk calls it: a node's name, its host name, or an address. */
  readonly node: string;
  /** Its Linux name (`sdb`); empty where it is not known. */
  readonly device: string;
  /** What else it is known by: serial number, Ceph's id of the device. */
  readonly ids: readonly string[];
  /** The OSD that has the whole of it. */
  readonly osd: { readonly cluster: string; readonly id: number } | undefined;
  readonly outlook: DiskOutlook;
  /** When it was read, unix seconds. */
  readonly readSeconds: number;
}

/** `failing`: the disk says so itself, a hard fact. `likely`: its chance of a failure within 14 days is over the threshold. `raised`: over a tenth of it. */
export type Danger = 'failing' | 'likely' | 'raised';

const raisedPart = 10;

/** How bad it is; undefined for a disk that is well, or says nothing. */
export function dangerOf(
  { isFailing, p14 }: Pick<DiskOutlook, 'isFailing' | 'p14'>,
  threshold: number,
): Danger | undefined {
  if (isFailing) return 'failing';
  if (p14 >= threshold) return 'likely';
  return p14 >= threshold / raisedPart ? 'raised' : undefined;
}

/** The disks below the OSDs of every cluster. */
export function osdDisksOf(state: StorageState): NodeDisk[] {
  return state.clusters.flatMap(({ cluster, dataSeconds, disks, osds }) =>
    disks.map(({ osd, host, deviceId, outlook, readSeconds }) => ({
      node: host,
      device: deviceNameOf(outlook.device) || soleDevice(osds.find(({ id }) => id === osd)?.reading.devices),
      ids: [deviceId, outlook.serial].filter((id) => id !== ''),
      osd: { cluster, id: osd },
      outlook,
      // What a device said long ago is old, however often the cluster is read.
      readSeconds: readSeconds ?? dataSeconds,
    })),
  );
}

/** Every disk once: what several read of one disk, told by its serial number, is the newest reading with all that it is known by. */
export function mergedDisks(disks: readonly NodeDisk[]): NodeDisk[] {
  const bySerial = new Map<string, NodeDisk>();
  const others: NodeDisk[] = [];
  for (const disk of disks) {
    const { serial } = disk.outlook;
    const known = bySerial.get(serial);
    if (!isSerial(serial)) others.push(disk);
    else bySerial.set(serial, known === undefined ? disk : merged(known, disk));
  }
  return [...bySerial.values(), ...others];
}

/** Serial numbers that were blotted out, as in dumps, tell nothing apart. */
export function isSerial(serial: string): boolean {
  return serial !== '' && !/^(?:redacted|x+)$/i.test(serial);
}

/** What tells a disk from all others: its serial number where it says it, else what Ceph calls it, else its place. */
export function diskKey({ outlook, ids, node, device }: NodeDisk): string {
  return isSerial(outlook.serial) ? outlook.serial : (ids[0] ?? `${node}-${device}`);
}

function merged(one: NodeDisk, other: NodeDisk): NodeDisk {
  const [newer, older] = one.readSeconds >= other.readSeconds ? [one, other] : [other, one];
  return {
    ...newer,
    device: newer.device || older.device,
    ids: [...new Set([...newer.ids, ...older.ids])],
    osd: newer.osd ?? older.osd,
  };
}

/** `/dev/sdb` and `sdb` are the same. */
export function deviceNameOf(device: string): string {
  return device.replace(/^\/dev\//, '').replace(/ .*$/, '');
}

function soleDevice(devices: readonly string[] | undefined): string {
  return devices?.length === 1 ? (devices[0] ?? '') : '';
}
