import type { DiskReading } from '../../core/disk.ts';

/** A disk of a machine. */
export interface NodeDiskReading {
  /** The machine as the source calls it: a node's name, a host name, an address. */
  readonly node: string;
  /** With its time. */
  readonly reading: DiskReading & { readonly timeSeconds: number };
}

/** Where S.M.A.R.T. readings of machines come from. */
export interface NodeDiskSource {
  readonly kind: string;
  /** Every disk as it was read last; the first time with what is known of the days before, oldest first. Throws SOURCE_UNAVAILABLE. */
  read(signal?: AbortSignal): Promise<readonly NodeDiskReading[]>;
  close(): void;
}
