import type { FillDates } from './fill-dates.ts';

export interface CapacityQuestion {
  /** Of what is to be kept below a mark: its growth in raw bytes a day, and when it reaches the mark. */
  readonly growthBytesPerDay: number;
  readonly nearFull: FillDates;
  readonly nowSeconds: number;
  /** From the decision to buy until disks hold data. */
  readonly leadDays: number;
  /** How long what is added must last. */
  readonly lastsDays: number;
  /** Of one disk, raw; and the share of it that may be used. */
  readonly diskBytes: number;
  readonly nearFullRatio: number;
}

/** What to add, and until when it must be ordered and be there. */
export interface CapacityAdvice {
  readonly rawBytes: number;
  readonly disks: number;
  /** Unix seconds. */
  readonly orderBySeconds: number;
  readonly inPlaceBySeconds: number;
  readonly isUrgent: boolean;
}

const day = 86_400;

/**
 * "Add N TB or M disks by DATE": in place before the mark is reached with a chance of 10 %, ordered the lead time before. What it must hold is what grows in
 * the time it is to last. undefined when the mark is not in sight: neither within the lead time nor within what it is to last.
 */
export function addCapacity(question: CapacityQuestion): CapacityAdvice | undefined {
  const { nearFull, nowSeconds, leadDays, lastsDays, growthBytesPerDay, diskBytes, nearFullRatio } = question;
  const first = nearFull.p10;
  if (first === undefined || first > nowSeconds + (leadDays + lastsDays) * day || !(diskBytes > 0)) return undefined;
  const needed = Math.max(diskBytes * nearFullRatio, growthBytesPerDay * lastsDays);
  const disks = Math.ceil(needed / (diskBytes * nearFullRatio));
  const orderBySeconds = Math.max(nowSeconds, first - leadDays * day);
  return {
    rawBytes: disks * diskBytes,
    disks,
    orderBySeconds,
    inPlaceBySeconds: Math.max(first, orderBySeconds),
    isUrgent: first - leadDays * day <= nowSeconds,
  };
}
