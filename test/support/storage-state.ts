import type { OsdReading, PoolReading } from '../../src/core/storage.ts';
import type { DiskOutlook } from '../../src/predict/disk/disk-outlook.ts';
import type {
  ClusterOutlook,
  OsdDiskOutlook,
  OsdOutlook,
  PoolOutlook,
  StorageState,
} from '../../src/storage/storage-state.ts';
import { diskOutlook } from './node-disks.ts';

const TB = 1e12;
const idle = { readOps: 0, writeOps: 0, readBytes: 0, writeBytes: 0 };

export const fsid = '6b1f3b2a-0000-4000-8000-000000000001';

/** One Ceph cluster at one time, with what is given. */
export function storageState(cluster: Partial<ClusterOutlook>, madeSeconds: number): StorageState {
  const whole: ClusterOutlook = {
    cluster: fsid,
    dataSeconds: madeSeconds,
    health: { status: 'HEALTH_OK', checks: [] },
    checks: [],
    ratios: { nearFull: 0.85, backfillFull: 0.9, full: 0.95 },
    placementGroups: { total: 64, unclean: 0 },
    pools: [],
    osds: [],
    disks: [],
    ...cluster,
  };
  return { madeSeconds, clusters: [whole], volumes: [], failures: [] };
}

/** An OSD of 4 TB on a host of its own, half full. */
export function osdOutlook(id: number, more: Partial<OsdReading> = {}): OsdOutlook {
  const reading: OsdReading = {
    id,
    up: true,
    in: true,
    weight: 1,
    crushWeight: 3.64,
    usedBytes: 2 * TB,
    totalBytes: 4 * TB,
    host: `node-${id}`,
    deviceClass: 'hdd',
    devices: ['sdb'],
    deviceIds: [`ST4000DM000_S${id}`],
    readLatencySeconds: Number.NaN,
    writeLatencySeconds: Number.NaN,
    rates: idle,
    ...more,
  };
  return {
    cluster: fsid,
    id,
    reading,
    usedShare: reading.usedBytes / reading.totalBytes,
    nearFull: undefined,
    full: undefined,
    growthBytesPerDay: undefined,
    disks: { worstP14: Number.NaN, failing: [], failingShare: 0 },
  };
}

/** A pool of three replicas on the OSDs 0, 1 and 2. */
export function poolOutlook(
  name: string,
  { reading, ...more }: Partial<Omit<PoolOutlook, 'reading'>> & { readonly reading?: Partial<PoolReading> } = {},
): PoolOutlook {
  return {
    cluster: fsid,
    id: 1,
    name,
    reading: {
      id: 1,
      name,
      storedBytes: TB,
      availableBytes: TB,
      quotaBytes: undefined,
      rates: idle,
      size: 3,
      minSize: 2,
      erasureCoded: false,
      failureDomain: 'host',
      deviceClass: 'hdd',
      osds: [0, 1, 2],
      application: 'rbd',
      ...reading,
    },
    room: { nearFullBytes: TB, fullBytes: TB, quotaBytes: Number.POSITIVE_INFINITY },
    usedShare: 0.5,
    nearFull: undefined,
    full: undefined,
    growthBytesPerDay: undefined,
    load: {
      now: { iops: 0, bytesPerSecond: 0, latencySeconds: Number.NaN },
      iops: undefined,
      bytesPerSecond: undefined,
      latencySeconds: undefined,
      idleLatencySeconds: Number.NaN,
      capacity: { iops: undefined, bytesPerSecond: undefined },
      saturation: { now: 0, steps: new Float64Array(0) },
    },
    latencyParts: [],
    disks: { worstP14: Number.NaN, failing: [], failingShare: 0 },
    refused: [],
    ...more,
  };
}

/** The disk below an OSD of osdOutlook(). */
export function osdDisk(osd: number, outlook: Partial<DiskOutlook> = {}): OsdDiskOutlook {
  const serial = `S${osd}`;
  return {
    cluster: fsid,
    osd,
    host: `node-${osd}`,
    deviceId: `ST4000DM000_${serial}`,
    outlook: diskOutlook({ serial, device: '/dev/sdb', ...outlook }),
    isFailing: outlook.isFailing === true,
  };
}
