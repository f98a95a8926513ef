import type { DiskReading, FlashWear } from '../../core/disk.ts';
import { type Fields, fieldsAt, numberAt, textAt } from './json-fields.ts';
import { decodeRaw } from './raw-values.ts';

export interface AtaTable {
  readonly attributes: ReadonlyMap<number, number>;
  readonly atThreshold: DiskReading['atThreshold'];
  readonly wear: FlashWear;
}

/** One line of the attribute table, whoever printed it. */
export interface AtaAttribute {
  readonly id: number;
  readonly name: string;
  /** Counts down from 100, 200 or 253 to the threshold. */
  readonly normalized: number | undefined;
  readonly threshold: number | undefined;
  readonly worst: number | undefined;
  readonly isPrefailure: boolean;
  readonly raw: number | undefined;
}

export function ataTableOf(rows: readonly unknown[], model: string): AtaTable {
  return ataTable(
    rows.map((row) => attributeOf(fieldsAt(row))),
    model,
  );
}

/** Decoded values, attributes at their threshold, and the wear of an SSD, of the lines of an attribute table. */
export function ataTable(lines: readonly AtaAttribute[], model: string): AtaTable {
  const attributes = new Map<number, number>();
  for (const { id, raw } of lines) {
    const value = raw === undefined ? Number.NaN : decodeRaw(id, raw, model);
    if (!Number.isNaN(value)) attributes.set(id, value);
  }
  return {
    attributes,
    atThreshold: lines.flatMap((line) => {
      const isNow = isAt(line.normalized, line.threshold);
      if (!isNow && !isAt(line.worst, line.threshold)) return [];
      return [{ name: nameOf(line), isNow, isPrefailure: line.isPrefailure }];
    }),
    wear: wearOf(lines),
  };
}

function attributeOf(row: Fields): AtaAttribute {
  return {
    id: numberAt(row, 'id') ?? 0,
    name: textAt(row, 'name'),
    normalized: numberAt(row, 'value'),
    threshold: numberAt(row, 'thresh'),
    worst: numberAt(row, 'worst'),
    isPrefailure: fieldsAt(row, 'flags').prefailure === true,
    raw: numberAt(fieldsAt(row, 'raw'), 'value'),
  };
}

/** A threshold of 0 never fails; 254 and 255 are invalid, 0 as value is what some drives report while nothing is known. */
function isAt(value: number | undefined, threshold: number | undefined): boolean {
  return (
    value !== undefined &&
    threshold !== undefined &&
    threshold > 0 &&
    threshold < 254 &&
    value <= threshold &&
    value > 0
  );
}

function nameOf({ id, name }: AtaAttribute): string {
  return name === '' || name.startsWith('Unknown') ? `attribute ${id}` : name.replaceAll('_', ' ');
}

// Normalized values that count down from 100 as flash wears out, by the names of smartctl's database.
const wearNames =
  /^(Wear_Leveling_Count|Media_Wearout_Indicator|Percent_Lifetime_Remain\w*|SSD_Life_Left|Remaining_Lifetime_Perc\w*|Percent_Life_Remaining)$/;
const spareNames = /^(Available_Reserv\w*_Space|Reserved_Block_Pct)$/;

function wearOf(lines: readonly AtaAttribute[]): FlashWear {
  const left = lines.find(({ name }) => wearNames.test(name))?.normalized;
  const spare = lines.find(({ name }) => spareNames.test(name));
  return {
    ...(left === undefined || left > 100 ? {} : { usedShare: 1 - left / 100 }),
    ...(spare?.normalized === undefined || spare.normalized > 100 ? {} : { spareShare: spare.normalized / 100 }),
    ...(spare?.threshold === undefined || spare.threshold === 0 ? {} : { spareThreshold: spare.threshold / 100 }),
  };
}
