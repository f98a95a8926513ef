import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { resources } from '../../src/core/resource.ts';
import { isBitbrains, readBitbrains } from '../../src/simulate/histories/bitbrains.ts';
import { readTraces } from '../../src/simulate/histories/traces.ts';

/** One course on even steps of 300 s: `values[i]` ends at `startSeconds + (i + 1) * 300`, NaN without a sample. */
export interface LoadSeries {
  readonly name: string;
  /** Where it comes from: the name of its folder. */
  readonly group: string;
  readonly startSeconds: number;
  readonly values: Float64Array;
}

export const stepSeconds = 300;
export const stepsPerDay = 288;

const shipped = fileURLToPath(new URL('../../data/recorded-scaled', import.meta.url));
/** Whole data centres, which are shipped too, are no containers. */
const shippedGroups = ['aws', 'crane'];
const leastDays = 6;

/** CPU of the recorded series that are shipped. Each is read by itself: their years lie too far apart for one matrix. */
export function shippedSeries(groups: readonly string[] = shippedGroups): readonly LoadSeries[] {
  return groups.flatMap((group) => {
    const files = readdirSync(join(shipped, group), { recursive: true, encoding: 'utf8' });
    const csv = files.filter((file) => file.endsWith('.csv')).sort();
    return csv.flatMap((file) =>
      evenSeries(basename(dirname(file)), group, readFileSync(join(shipped, group, file), 'utf8')),
    );
  });
}

/** CPU and memory of every container of a folder: GWA-T-12, or trace files of our own. Throws TRACE_INVALID. */
export async function seriesOfFolder(folder: string): Promise<readonly LoadSeries[]> {
  const history = (await isBitbrains(folder))
    ? await readBitbrains(folder)
    : await readTraces(folder, { stepSeconds, align: false, requests: undefined });
  const columns = history.ids.length;
  const startSeconds = (history.times[0] ?? 0) - stepSeconds;
  return history.ids.flatMap((id, column) =>
    resources.flatMap((resource) => {
      const usage = history.usage[resource];
      const values = Float64Array.from(history.times, (_, step) => usage[step * columns + column] ?? Number.NaN);
      return trimmed({ name: `${id} ${resource}`, group: basename(folder), startSeconds, values });
    }),
  );
}

function evenSeries(name: string, group: string, text: string): LoadSeries[] {
  const [header = '', ...lines] = text.trim().split('\n');
  const column = header.split(',').indexOf('cpu_millicores');
  const rows = lines.map((line) => line.split(','));
  const first = Math.min(...rows.map(([time]) => Number(time)));
  const slots = rows.map(([time]) => Math.round((Number(time) - first) / stepSeconds));
  const values = new Float64Array(Math.max(...slots) + 1).fill(Number.NaN);
  for (const [i, slot] of slots.entries()) values[slot] = Number(rows[i]?.[column] || Number.NaN);
  return trimmed({ name, group, startSeconds: first - stepSeconds, values });
}

/** Without what lies before its first and behind its last sample; none when that is too short to be judged. */
function trimmed(series: LoadSeries): LoadSeries[] {
  const isKnown = (value: number): boolean => !Number.isNaN(value);
  const [first, last] = [series.values.findIndex(isKnown), series.values.findLastIndex(isKnown)];
  if (first < 0 || last - first < leastDays * stepsPerDay) return [];
  const startSeconds = series.startSeconds + first * stepSeconds;
  return [{ ...series, startSeconds, values: series.values.slice(first, last + 1) }];
}
