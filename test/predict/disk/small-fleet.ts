import { type DiskDay, damageCounters, placeOfCounter } from '../../../src/core/disk.ts';
import { DriveTable } from '../../../src/predict/disk/drive-table.ts';
import { seededRandom } from '../../../src/predict/disk/random.ts';

const reported = [5, 187, 197];

/**
 * Made-up disks, the same for the same seed: most show nothing; some wear and live on; those that fail mostly collect pending and reallocated sectors over
 * their last weeks.
 */
export function smallFleet(disks = 400, seed = 3): readonly DiskDay[] {
  const random = seededRandom(seed);
  const rows = Array.from({ length: disks }, (_, disk) => lifeOf(disk, random)).flat();
  return rows.toSorted((a, b) => a.day - b.day || (a.serial < b.serial ? -1 : 1));
}

function lifeOf(disk: number, random: () => number): readonly DiskDay[] {
  const fails = random() < 0.25;
  const shows = random() < (fails ? 0.8 : 0.08);
  const lived = fails ? 60 + Math.floor(140 * random()) : 200;
  const onset = lived - (fails ? 40 : 150) * random();
  const wornOn = (day: number): number => (shows ? Math.max(0, Math.ceil((fails ? 3 : 0.2) * (day - onset))) : 0);
  const rows: DiskDay[] = [];
  for (let day = Math.floor(7 * random()); day <= lived; day += 1 + Math.floor(4 * random()))
    rows.push(row(disk, day, wornOn(day)));
  return fails ? [...rows, row(disk, lived + 1, wornOn(lived), true)] : rows;
}

function row(disk: number, day: number, worn: number, failed = false): DiskDay {
  const counters = Float64Array.from(damageCounters, (id) => (reported.includes(id) ? 0 : Number.NaN));
  counters[damageCounters.indexOf(5)] = worn;
  counters[damageCounters.indexOf(197)] = Math.floor(worn / 2);
  const model = disk % 3 === 0 ? 'ST4000DM000' : 'HGST HMS5C4040ALE640';
  return {
    day: 16_000 + day,
    serial: `D${String(disk).padStart(4, '0')}`,
    model,
    counters,
    powerOnHours: 24 * day + 1000,
    failed,
    weight: 1,
  };
}

export function tableOf(rows: readonly DiskDay[]): DriveTable {
  const table = new DriveTable();
  for (const one of rows) table.add(one);
  return table;
}

/** The rows as a CSV file with the columns named. */
export function csvOf(rows: readonly DiskDay[]): string {
  const lines = rows.map(({ day, serial, model, counters, powerOnHours, failed }) => {
    const values = reported.map((id) => counters[placeOfCounter(id)] ?? '');
    return [dateOf(day), serial, model, failed ? 1 : 0, powerOnHours, ...values].join(',');
  });
  return ['date,serial_number,model,failure,smart_9_raw,smart_5_raw,smart_187_raw,smart_197_raw', ...lines, ''].join(
    '\n',
  );
}

function dateOf(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}
