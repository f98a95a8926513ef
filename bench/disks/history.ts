import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { decodeRaw } from '../../src/collect/smart/raw-values.ts';
import { type DiskDay, damageCounters } from '../../src/core/disk.ts';

const secondsPerDay = 86_400;
/** Counters that the history has, in its order after `fails`. */
const recorded = [5, 187, 188, 189, 196, 197, 198];
/** Of 81,742 healthy disks 12,000 are in the history. */
const healthyWeight = 81_742 / 12_000;

/** A disk of Backblaze's history, 2013 to 2016, as days on which it was read. */
export interface HistoryDrive {
  readonly serial: string;
  readonly model: string;
  readonly failed: boolean;
  /** The day it failed, or the last on which it is known to live. */
  readonly endDay: number;
  readonly weight: number;
  readonly days: readonly DiskDay[];
}

interface Period {
  readonly startHours: number;
  readonly stopHours: number;
  readonly counters: Float64Array;
}

/**
 * The disks of data/disks/backblaze. A disk gets a row on its first day, on each day on which a value changed, on the Thursdays between (as
 * 1970-01-01 was one), and on the day it failed: nothing but its power-on hours moves on the others. Times are power-on hours there; days count back from the last.
 */
export function readHistory(folder: string): readonly HistoryDrive[] {
  const periods = new Map<string, Period[]>();
  for (const [drive = '', start, stop, , ...values] of rowsOf(`${folder}/changes.csv.gz`)) {
    const list = periods.get(drive) ?? [];
    list.push({ startHours: Number(start), stopHours: Number(stop), counters: countersOf(values) });
    periods.set(drive, list);
  }
  return rowsOf(`${folder}/drives.csv.gz`).map(
    ([drive = '', serial = '', model = '', , first = '', last = '', failed]) => {
      const lives = (periods.get(drive) ?? []).toSorted((a, b) => a.startHours - b.startHours);
      const weight = failed === '1' ? 1 : healthyWeight;
      const endDay = dayOf(last);
      const days = daysOf(lives, { serial, model, weight, failed: failed === '1', firstDay: dayOf(first), endDay });
      return { serial, model, failed: failed === '1', endDay, weight, days };
    },
  );
}

function rowsOf(path: string): readonly (readonly string[])[] {
  const [, ...lines] = gunzipSync(readFileSync(path)).toString('utf8').trimEnd().split('\n');
  return lines.map((line) => line.split(','));
}

function countersOf(values: readonly string[]): Float64Array {
  return Float64Array.from(damageCounters, (id) => {
    const text = values[recorded.indexOf(id)] ?? '';
    return text === '' ? Number.NaN : decodeRaw(id, Number(text));
  });
}

function dayOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / 1000 / secondsPerDay;
}

interface Identity {
  readonly serial: string;
  readonly model: string;
  readonly weight: number;
  readonly failed: boolean;
  readonly firstDay: number;
  readonly endDay: number;
}

function daysOf(periods: readonly Period[], drive: Identity): readonly DiskDay[] {
  const lastHours = periods.reduce((most, { stopHours }) => Math.max(most, stopHours), 0);
  const at = (hours: number): number => Math.max(drive.endDay - roundToEven((lastHours - hours) / 24), drive.firstDay);
  const row = (day: number, counters: Float64Array, failed = false): DiskDay => ({
    day,
    serial: drive.serial,
    model: drive.model,
    counters,
    powerOnHours: Math.max(0, lastHours - (drive.endDay - day) * 24),
    failed,
    weight: drive.weight,
  });
  // Several changes on a day: the day's last value.
  const byDay = new Map(periods.map((period) => [at(period.startHours), period] as const));
  const changes = [...byDay].filter(([day]) => day < drive.endDay);
  const days = changes.flatMap(([day, { counters, stopHours }], i) => {
    const stop = changes[i + 1]?.[0] ?? at(stopHours);
    const grid: DiskDay[] = [row(day, counters)];
    for (let weekly = (Math.floor(day / 7) + 1) * 7; weekly < stop; weekly += 7) grid.push(row(weekly, counters));
    return grid;
  });
  const newest = changes.at(-1)?.[1];
  return drive.failed && newest !== undefined ? [...days, row(drive.endDay, newest.counters, true)] : days;
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
