import type { DiskReading } from './disk.ts';

/** Operations and bytes a second, reads and writes apart; NaN where they are not known: of something seen for the first time, or counted anew. */
export interface IoRates {
  readonly readOps: number;
  readonly writeOps: number;
  readonly readBytes: number;
  readonly writeBytes: number;
}

/** One pool at one time. Bytes are those of the user's data, as `ceph df` counts them, not multiplied by the replicas. */
export interface PoolReading {
  readonly id: number;
  readonly name: string;
  readonly storedBytes: number;
  /** What may still be written before its fullest OSD is full. */
  readonly availableBytes: number;
  /** undefined where none is set. */
  readonly quotaBytes: number | undefined;
  readonly rates: IoRates;
  readonly size: number;
  readonly minSize: number;
  readonly erasureCoded: boolean;
  /** Of an erasure coded pool, into how many chunks data is cut, where that is known; the others (of `size`) are redundancy. */
  readonly dataChunks?: number;
  /** Of its CRUSH rule: the kind of bucket that holds one replica (host, rack …), and the device class it takes, if it takes one. */
  readonly failureDomain: string;
  readonly deviceClass: string | undefined;
  /** Every OSD that its rule may choose, ascending. */
  readonly osds: readonly number[];
  /** The application that it is enabled for: rbd, cephfs, rgw; undefined where none. */
  readonly application: string | undefined;
}

/** One OSD at one time. Latencies are means of the interval since the reading before, from counters; NaN where nothing was done. */
export interface OsdReading {
  readonly id: number;
  readonly up: boolean;
  readonly in: boolean;
  /** The weight that `ceph osd reweight` sets, 0–1, and the one in the CRUSH map (TiB by custom). */
  readonly weight: number;
  readonly crushWeight: number;
  readonly usedBytes: number;
  readonly totalBytes: number;
  readonly host: string;
  readonly deviceClass: string | undefined;
  /** Linux names of the devices below it (`sdb`), and Ceph's ids of them (`VENDOR_MODEL_SERIAL`). */
  readonly devices: readonly string[];
  readonly deviceIds: readonly string[];
  readonly readLatencySeconds: number;
  readonly writeLatencySeconds: number;
  readonly rates: IoRates;
}

export interface HealthCheck {
  readonly code: string;
  readonly severity: 'HEALTH_WARN' | 'HEALTH_ERR';
  readonly summary: string;
}

/** One Ceph cluster at one time. */
export interface CephReading {
  /** Unix seconds. */
  readonly timeSeconds: number;
  /** The cluster's fsid; empty where it is not known. */
  readonly cluster: string;
  readonly health: {
    readonly status: 'HEALTH_OK' | 'HEALTH_WARN' | 'HEALTH_ERR';
    readonly checks: readonly HealthCheck[];
  };
  /** Shares of an OSD's size at which Ceph warns, stops backfill, and refuses writes. */
  readonly ratios: { readonly nearFull: number; readonly backfillFull: number; readonly full: number };
  readonly pools: readonly PoolReading[];
  readonly osds: readonly OsdReading[];
  /** Placement groups in all, and those not active+clean. */
  readonly placementGroups: { readonly total: number; readonly unclean: number };
  /** The newest S.M.A.R.T. reading of each device, by Ceph's device id. */
  readonly disks: ReadonlyMap<string, DiskReading>;
  /** What Ceph kept of the same devices before, oldest first; only in the reading for which it was fetched. */
  readonly diskHistory?: ReadonlyMap<string, readonly DiskReading[]>;
  /** What could not be read and was assumed instead, in words; absent where nothing was. */
  readonly assumptions?: readonly string[];
}

/** One volume as kubelet or CSI sees it. */
export interface VolumeReading {
  readonly timeSeconds: number;
  readonly namespace: string;
  readonly claim: string;
  readonly usedBytes: number;
  readonly capacityBytes: number;
}
