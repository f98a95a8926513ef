import { rowsOf } from './drive-rows.ts';
import type { Drive } from './drive-table.ts';
import type { DiskState } from './hazard.ts';
import { sumOfTrees, type Tree } from './tree.ts';

const weekDays = 7;

/** A disk on one day, and how it went on: days until it failed, and days for which it is known not to have. */
export interface HazardRow {
  readonly state: Omit<DiskState, 'history'>;
  readonly day: number;
  readonly weight: number;
  readonly daysToFailure: number;
  readonly daysKnown: number;
}

/**
 * One day a week of a disk, up to the day before it failed: the first that was read in the week, whatever it says, so that days on which
 * something changed are not met more often than they happen. `visit` sees the history only while it is called.
 */
export function visitWeeks(
  drive: Drive,
  trees: readonly Tree[],
  visit: (row: HazardRow & { readonly state: DiskState }) => void,
): void {
  const last = drive.days.at(-1) ?? 0;
  let week = Number.NaN;
  let signal = 0;
  for (const { index, day, features, isChanged, history } of rowsOf(drive)) {
    if (isChanged) signal = sumOfTrees(trees, features);
    if (drive.failedOn !== undefined && day >= drive.failedOn) return;
    if (Math.floor(day / weekDays) === week) continue;
    week = Math.floor(day / weekDays);
    visit({
      state: { signal, powerOnHours: drive.powerOnHours[index] ?? Number.NaN, model: drive.model, history },
      day,
      weight: drive.weight,
      daysToFailure: drive.failedOn === undefined ? Number.POSITIVE_INFINITY : drive.failedOn - day,
      daysKnown: (drive.failedOn ?? last) - day,
    });
  }
}

/** Whether a disk that lived through `from` days failed within `to` (1) or not (0); undefined when it was not at risk or is not known. */
export function within(row: Omit<HazardRow, 'state'>, from: number, to: number): 0 | 1 | undefined {
  if (row.daysToFailure <= from) return undefined;
  if (row.daysToFailure <= to) return 1;
  return row.daysKnown >= to ? 0 : undefined;
}
