import { damageCounters } from '../../core/disk.ts';
import type { Bag } from './boost.ts';
import { rowsOf } from './drive-rows.ts';
import type { Drive } from './drive-table.ts';
import { featureCount } from './features.ts';

/** A disk that fails within this many days should be in alarm. */
const alarmDays = 30;
/** Share of the disks that are learned from a second time, as disks that report less. */
const maskedShare = 0.3;
const maskedCounterShare = 0.5;

/** Rows of features of many disks, a column per feature, and which rows belong to which disk. */
export interface SignalRows {
  readonly columns: readonly Float32Array[];
  readonly bags: readonly (Bag & { readonly drive: number })[];
}

/**
 * The days that say whether a disk fails: the last 30 before a failure, all of a disk that did not fail. Days on which nothing changed are left
 * out, as they say the same.
 */
export function signalRows(drives: readonly Drive[], random: () => number): SignalRows {
  const values: number[] = [];
  const bags: (Bag & { drive: number })[] = [];
  for (const [drive, one] of drives.entries()) {
    addBag(one, drive, undefined);
    if (random() < maskedShare) addBag(one, drive, maskOf(random));
  }
  const rows = values.length / featureCount;
  const columns = Array.from({ length: featureCount }, (_, f) =>
    Float32Array.from({ length: rows }, (_, row) => values[row * featureCount + f] ?? Number.NaN),
  );
  return { columns, bags };

  function addBag(one: Drive, drive: number, mask: ReadonlySet<number> | undefined): void {
    const start = values.length / featureCount;
    const { from, until } = signalDays(one);
    let isNew = true;
    for (const { day, features, isChanged } of rowsOf(one, mask)) {
      if (day < from || day >= until) continue;
      if (isNew || (isChanged && differsFromLast(values, features))) values.push(...features);
      isNew = false;
    }
    const end = values.length / featureCount;
    if (end > start) bags.push({ start, end, isFailed: one.failedOn !== undefined, drive });
  }
}

/** The 30 days before a failure, or from the newest day before it when the disk was not read since; all days where there was none. */
function signalDays({ days, failedOn }: Drive): { readonly from: number; readonly until: number } {
  if (failedOn === undefined) return { from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
  const newest = days.findLast((day) => day < failedOn) ?? failedOn;
  return { from: Math.min(newest, failedOn - alarmDays), until: failedOn };
}

function differsFromLast(values: readonly number[], features: Float64Array): boolean {
  const base = values.length - featureCount;
  return features.some((value, i) => !Object.is(value, values[base + i]));
}

/** Places of counters to leave out; the two that every disk has reported for decades do not go both. */
function maskOf(random: () => number): ReadonlySet<number> {
  const masked = damageCounters.map((_, i) => i).filter(() => random() < maskedCounterShare);
  const kept = damageCounters.indexOf(random() < 0.5 ? 5 : 197);
  return new Set(masked.filter((i) => i !== kept));
}
