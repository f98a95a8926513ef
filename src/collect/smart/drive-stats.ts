import { type DiskDay, damageCounters } from '../../core/disk.ts';
import { BarographError } from '../../core/errors.ts';
import { linesOf } from '../trace-lines.ts';
import { fieldsOf } from './csv-fields.ts';
import { decodeRaw } from './raw-values.ts';

const secondsPerDay = 86_400;

/**
 * Reads Backblaze's drive statistics: CSV, one row per disk and day. The object and its arrays are used again for the next row. Columns may
 * come in any order; missing and unknown ones do no harm. Throws TRACE_INVALID with the line where a row cannot be read.
 */
export async function* driveStats(chunks: AsyncIterable<Buffer>, name: string): AsyncGenerator<DiskDay> {
  let columns: Columns | undefined;
  const row = {
    day: 0,
    serial: '',
    model: '',
    counters: new Float64Array(damageCounters.length),
    powerOnHours: 0,
    failed: false,
    weight: 1,
  };
  const days = new Map<string, number>();
  for await (const lines of linesOf(chunks)) {
    for (const { number, text } of lines) {
      if (text === '') continue;
      const fields = fieldsOf(text);
      if (columns === undefined) columns = columnsOf(fields, name);
      else yield fill(row, fields, columns, days, `${name}:${number}`);
    }
  }
  if (columns === undefined)
    throw new BarographError('TRACE_INVALID', `${name}: expected a header, received an empty file`);
}

interface Columns {
  readonly width: number;
  readonly date: number;
  readonly serial: number;
  readonly model: number;
  readonly failure: number;
  readonly weight: number;
  readonly hours: number;
  readonly counters: readonly number[];
}

function columnsOf(header: readonly string[], name: string): Columns {
  const at = (column: string): number => header.findIndex((one) => one.trim().toLowerCase() === column);
  const columns = {
    width: header.length,
    date: at('date'),
    serial: at('serial_number'),
    model: at('model'),
    failure: at('failure'),
    weight: at('weight'),
    hours: at('smart_9_raw'),
    counters: damageCounters.map((id) => at(`smart_${id}_raw`)),
  };
  if (columns.date >= 0 && columns.serial >= 0) return columns;
  throw new BarographError(
    'TRACE_INVALID',
    `${name}:1: expected columns date and serial_number, received ${header.slice(0, 8).join(',')}`,
  );
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function fill(
  row: Mutable<DiskDay>,
  fields: readonly string[],
  columns: Columns,
  days: Map<string, number>,
  place: string,
): DiskDay {
  const serial = fields[columns.serial] ?? '';
  if (serial === '') throw new BarographError('TRACE_INVALID', `${place}: expected a serial number, received none`);
  row.day = dayOf(fields[columns.date] ?? '', days, place);
  row.serial = serial;
  row.model = fields[columns.model] ?? '';
  row.failed = Number(fields[columns.failure] ?? 0) === 1;
  row.weight = weightOf(fields[columns.weight], place);
  row.powerOnHours = numberOf(fields[columns.hours], place);
  for (const [i, id] of damageCounters.entries()) {
    row.counters[i] = decodeRaw(id, numberOf(fields[columns.counters[i] ?? -1], place));
  }
  return row;
}

/** Days since 1970 of a date; there are far fewer dates than rows. */
function dayOf(date: string, days: Map<string, number>, place: string): number {
  const known = days.get(date);
  if (known !== undefined) return known;
  const day = /^\d{4}-\d\d-\d\d$/.test(date) ? Date.parse(`${date}T00:00:00Z`) / 1000 / secondsPerDay : Number.NaN;
  if (Number.isNaN(day))
    throw new BarographError('TRACE_INVALID', `${place}: expected a date like 2015-07-01, received '${date}'`);
  days.set(date, day);
  return day;
}

function weightOf(field: string | undefined, place: string): number {
  const weight = numberOf(field, place);
  return weight >= 0 ? weight : 1;
}

/** NaN for an empty or missing field. */
function numberOf(field: string | undefined, place: string): number {
  if (field === undefined || field === '') return Number.NaN;
  const value = Number(field);
  if (!Number.isNaN(value)) return value;
  if (/^\s*(nan|null|na|none)?\s*$/i.test(field)) return Number.NaN;
  throw new BarographError('TRACE_INVALID', `${place}: expected a number, received '${field}'`);
}
