/**
 * S.M.A.R.T. attributes that count damage; what a disk may be judged by. All of them only grow on a disk that gets worse, and mean the same
 * at most vendors: reallocated sectors, spin retries, end-to-end errors, uncorrectable reads, command time-outs, high-fly writes,
 * reallocation events, pending sectors, sectors that could not be corrected off-line.
 */
export const damageCounters = [5, 10, 184, 187, 188, 189, 196, 197, 198] as const;

export type DamageCounter = (typeof damageCounters)[number];

/** One disk on one day, as the readers of drive statistics give it. */
export interface DiskDay {
  /** Days since 1970-01-01, UTC. */
  readonly day: number;
  readonly serial: string;
  /** As the disk says it; empty where it is not known. */
  readonly model: string;
  /** Values of damageCounters, decoded, in their order; NaN where the disk does not report one. */
  readonly counters: Float64Array;
  /** Attribute 9; NaN where it is not reported. */
  readonly powerOnHours: number;
  /** The disk failed on this day. */
  readonly failed: boolean;
  /** How many disks this one stands for. */
  readonly weight: number;
}

/** How far a device is worn, whatever its vendor: an SSD's own view. Shares are 0–1 and may pass 1. */
export interface FlashWear {
  readonly usedShare?: number;
  readonly spareShare?: number;
  /** Below this share of spare the vendor no longer vouches for the device. */
  readonly spareThreshold?: number;
  readonly mediaErrors?: number;
  /** Bits of NVMe's critical warning. */
  readonly criticalWarning?: number;
}

export type DiskMedium = 'rotating' | 'flash' | 'unknown';

/** One reading of one device, whatever it speaks and wherever it was read. */
export interface DiskReading {
  readonly device: string;
  readonly protocol: 'ATA' | 'SCSI' | 'NVMe' | 'unknown';
  readonly medium: DiskMedium;
  readonly serial: string;
  readonly model: string;
  readonly capacityBytes: number | undefined;
  /** Unix seconds; undefined where the reading does not say. */
  readonly timeSeconds: number | undefined;
  readonly powerOnHours: number | undefined;
  readonly temperatureCelsius: number | undefined;
  /** The device's own verdict. */
  readonly passed: boolean | undefined;
  /** Decoded raw values by attribute. SCSI's counts of the same things stand under the ATA numbers. */
  readonly attributes: ReadonlyMap<number, number>;
  /** Attributes (by name) that are, or once were, at their vendor's threshold. */
  readonly atThreshold: readonly { readonly name: string; readonly isNow: boolean; readonly isPrefailure: boolean }[];
  readonly wear: FlashWear;
  /** Why there is nothing else, when the device could not be read. */
  readonly problem?: string;
}

/** The place of a counter in damageCounters; -1 when it is none of them. */
export function placeOfCounter(id: number): number {
  return (damageCounters as readonly number[]).indexOf(id);
}
