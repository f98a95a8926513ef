import { type DiskDay, damageCounters } from '../../core/disk.ts';

const width = damageCounters.length;

/** All days of one disk, in ascending order. */
export interface Drive {
  readonly serial: string;
  readonly model: string;
  readonly weight: number;
  /** The day it failed on; undefined when it did not while it was watched. */
  readonly failedOn: number | undefined;
  readonly days: Int32Array;
  /** A row of counters per day. */
  readonly counters: Float32Array;
  readonly powerOnHours: Float32Array;
}

interface Rows {
  model: string;
  weight: number;
  failedOn: number | undefined;
  readonly days: number[];
  readonly values: number[];
}

/** Gathers days of many disks, in any order, from one or several files. */
export class DriveTable {
  readonly #drives = new Map<string, Rows>();
  rows = 0;

  add(day: DiskDay): void {
    let rows = this.#drives.get(day.serial);
    if (rows === undefined) {
      rows = { model: day.model, weight: day.weight, failedOn: undefined, days: [], values: [] };
      this.#drives.set(day.serial, rows);
    }
    if (day.model !== '') rows.model = day.model;
    if (day.failed) rows.failedOn = day.day;
    rows.days.push(day.day);
    rows.values.push(day.powerOnHours, ...day.counters);
    this.rows += 1;
  }

  /** The disks by serial number, so that the order of files and rows makes no difference. */
  drives(): readonly Drive[] {
    return [...this.#drives].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([serial, rows]) => driveOf(serial, rows));
  }
}

function driveOf(serial: string, { model, weight, failedOn, days, values }: Rows): Drive {
  const order = Uint32Array.from(days.keys()).sort((a, b) => (days[a] ?? 0) - (days[b] ?? 0) || a - b);
  const counters = new Float32Array(days.length * width);
  for (const [to, from] of order.entries()) {
    for (let i = 0; i < width; i += 1) counters[to * width + i] = values[from * (width + 1) + 1 + i] ?? Number.NaN;
  }
  return {
    serial,
    model,
    weight,
    failedOn,
    days: Int32Array.from(order, (from) => days[from] ?? 0),
    counters,
    powerOnHours: Float32Array.from(order, (from) => values[from * (width + 1)] ?? Number.NaN),
  };
}
