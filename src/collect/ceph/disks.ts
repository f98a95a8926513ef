import type { DiskReading } from '../../core/disk.ts';
import type { DeviceOfOsd } from './documents.ts';

/** S.M.A.R.T. readings by Ceph's id of the device. */
export interface DisksRead {
  readonly newest: ReadonlyMap<string, DiskReading>;
  /** Older ones of devices that were read just now, oldest first. */
  readonly earlier: ReadonlyMap<string, readonly DiskReading[]>;
}

export const noDisks: DisksRead = { newest: new Map(), earlier: new Map() };

/** Where the S.M.A.R.T. readings of a cluster's devices come from. A device that cannot be read is missing, and that alone. */
export interface CephDisks {
  read(devices: readonly DeviceOfOsd[], signal: AbortSignal | undefined): Promise<DisksRead>;
  close(): void;
}
