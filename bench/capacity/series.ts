import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

/** One course of something that fills, on even steps. */
export interface Course {
  readonly name: string;
  readonly stepSeconds: number;
  readonly used: Float64Array;
}

const data = fileURLToPath(new URL('../../data', import.meta.url));
const day = 86_400;
const hour = 3600;
const leastDays = 200;

/** Installed terabytes a day of pools of disks, from their first disk on; and of those that were emptied, what was taken out since their peak. */
export function installedCourses(): { readonly grown: readonly Course[]; readonly emptied: readonly Course[] } {
  const text = gunzipSync(readFileSync(join(data, 'capacity', 'pools-daily-tb.csv.gz'))).toString('utf8');
  const [header = [], ...rows] = text
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  const pools = header.slice(1).map((name, column) => ({
    name,
    installed: Float64Array.from(rows, (row) => Number(row[column + 1])),
  }));
  const grown = pools.map(({ name, installed }) => {
    const first = installed.findIndex((value) => value > 0);
    return { name, stepSeconds: day, used: installed.slice(Math.max(0, first)) };
  });
  const emptied = pools.map(({ name, installed }) => {
    const most = Math.max(...installed);
    const since = installed.subarray(installed.lastIndexOf(most));
    return { name: `${name}, taken out`, stepSeconds: day, used: since.map((value) => most - value) };
  });
  const isLong = ({ used }: Course): boolean => used.length > leastDays && used.some((value) => value > 0);
  return { grown: grown.filter(isLong), emptied: emptied.filter(isLong) };
}

/** Volumes that would fill at the pace of recorded loads: their sums, hour by hour. The pace is recorded, that something fills by it is made up. */
export function summedLoads(folder: string = join(data, 'recorded-scaled')): readonly Course[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.csv'));
  return files.sort().map((file) => {
    const [header = '', ...lines] = readFileSync(join(folder, file), 'utf8').trim().split('\n');
    const column = header.split(',').indexOf('cpu_millicores');
    const sums: number[] = [];
    let sum = 0;
    for (const [i, line] of lines.entries()) {
      const value = Number(line.split(',')[column]);
      if (Number.isFinite(value)) sum += value;
      if ((i + 1) % 12 === 0) sums.push(sum);
    }
    return { name: file.replace(/\.csv$/, ''), stepSeconds: hour, used: Float64Array.from(sums) };
  });
}
