import type { CephReading, HealthCheck, OsdReading, PoolReading } from '../core/storage.ts';
import type { FillDates } from '../predict/capacity/fill-dates.ts';
import type { DiskOutlook } from '../predict/disk/disk-outlook.ts';
import type { LatencyPart } from '../predict/pool-load/latency-mixture.ts';
import type { PoolLoadOutlook } from '../predict/pool-load/pool-load-outlook.ts';

/** Why a pool takes no new volume whatever asks for one; part of the API (`/pools/score`, metrics). */
export const poolRefusalReasons = ['full', 'near-full', 'quota', 'failing-disks', 'too-few-osds', 'unclean'] as const;

export type PoolRefusal = (typeof poolRefusalReasons)[number];

export interface RefusedBecause {
  readonly reason: PoolRefusal;
  /** In words, with the numbers. */
  readonly text: string;
}

/** What is known of the disks below a pool or an OSD. */
export interface DiskRisk {
  /** The highest chance of a failure within 14 days; NaN where no disk says anything. */
  readonly worstP14: number;
  /** Devices (Ceph's ids of them) that say themselves that they fail, or whose chance is over the threshold. */
  readonly failing: readonly string[];
  /** The share of the pool's CRUSH weight that lies on failing disks, 0–1. */
  readonly failingShare: number;
}

export interface PoolOutlook {
  /** The fsid of its cluster; empty where it is not known. */
  readonly cluster: string;
  readonly id: number;
  readonly name: string;
  readonly reading: PoolReading;
  /** User bytes that may be written before the first of its OSDs is near full, before one is full, and before its quota is reached. */
  readonly room: { readonly nearFullBytes: number; readonly fullBytes: number; readonly quotaBytes: number };
  /** The share of it that is used, as its fullest OSD (and its quota) have it, 0–1. */
  readonly usedShare: number;
  /** When its fullest OSD or its quota is near full, and full. undefined without history. */
  readonly nearFull: FillDates | undefined;
  readonly full: FillDates | undefined;
  /** User bytes a day that it grows by: the median of what is expected. */
  readonly growthBytesPerDay: number | undefined;
  readonly load: PoolLoadOutlook;
  /** Its OSDs' operations a second and how long they take, as read last. */
  readonly latencyParts: readonly LatencyPart[];
  readonly disks: DiskRisk;
  readonly refused: readonly RefusedBecause[];
}

export interface OsdOutlook {
  readonly cluster: string;
  readonly id: number;
  readonly reading: OsdReading;
  readonly usedShare: number;
  readonly nearFull: FillDates | undefined;
  readonly full: FillDates | undefined;
  readonly growthBytesPerDay: number | undefined;
  readonly disks: DiskRisk;
}

/** One device below an OSD, and what is expected of it. */
export interface OsdDiskOutlook {
  readonly cluster: string;
  readonly osd: number;
  readonly host: string;
  /** Ceph's id of it: VENDOR_MODEL_SERIAL. */
  readonly deviceId: string;
  readonly outlook: DiskOutlook;
  /** It says itself that it fails, or its chance of a failure within 14 days is over the threshold. */
  readonly isFailing: boolean;
  /** When the disk itself was read, unix seconds; undefined where its reading does not say. */
  readonly readSeconds?: number | undefined;
}

/** One Ceph cluster. */
export interface ClusterOutlook {
  readonly cluster: string;
  /** Of the reading, unix seconds. */
  readonly dataSeconds: number;
  readonly health: CephReading['health'];
  readonly checks: readonly HealthCheck[];
  readonly ratios: CephReading['ratios'];
  readonly placementGroups: CephReading['placementGroups'];
  readonly pools: readonly PoolOutlook[];
  readonly osds: readonly OsdOutlook[];
  readonly disks: readonly OsdDiskOutlook[];
  /** What could not be read and was assumed instead, in words. */
  readonly assumptions?: readonly string[] | undefined;
}

/** One volume as kubelet sees it, and when it is full. */
export interface VolumeOutlook {
  readonly namespace: string;
  readonly claim: string;
  readonly usedBytes: number;
  readonly capacityBytes: number;
  readonly full: FillDates | undefined;
}

/** Everything that is known and expected of storage, at one time. Immutable. */
export interface StorageState {
  /** When it was made, unix seconds. */
  readonly madeSeconds: number;
  readonly clusters: readonly ClusterOutlook[];
  readonly volumes: readonly VolumeOutlook[];
  /** Clusters that cannot be read now, and why; what was read before stands until it is too old. */
  readonly failures: readonly { readonly source: string; readonly message: string; readonly sinceSeconds: number }[];
}

/** Whether what is known of a cluster may be acted on now: neither too old nor from the future. */
export function isFreshCluster(cluster: ClusterOutlook, nowSeconds: number, maxAgeSeconds: number): boolean {
  return Math.abs(nowSeconds - cluster.dataSeconds) <= maxAgeSeconds;
}
