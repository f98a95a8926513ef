import type { DiskReading } from '../../core/disk.ts';
import type { ClusterMap } from './cluster-map.ts';

/** A device below an OSD. */
export interface DeviceOfOsd {
  readonly id: string;
  readonly osd: number;
}

/** A way to what only Ceph itself knows. All methods throw SOURCE_UNAVAILABLE. */
export interface CephDocuments {
  readMap(signal: AbortSignal | undefined): Promise<ClusterMap>;
  /** The S.M.A.R.T. readings that Ceph has of a device, oldest first. */
  readDevice(device: DeviceOfOsd, signal: AbortSignal | undefined): Promise<readonly DiskReading[]>;
  close(): void;
}
