import type { Source } from '../collect/source.ts';
import { createTraceSource } from '../collect/trace.ts';
import { seriesOfPath, traceExtent } from '../collect/trace-index.ts';
import { stepCount, type TimeRange } from '../core/time-range.ts';
import { containerId, parseContainerId } from '../core/workload.ts';

/** One recorded series, on a grid without gaps: the mean of each step. */
export interface Recording {
  readonly name: string;
  /** Unix seconds at which the first step begins. */
  readonly startSeconds: number;
  readonly stepSeconds: number;
  readonly values: Float64Array;
}

const secondsADay = 86_400;
const forever = { nowSeconds: () => Number.POSITIVE_INFINITY };

/**
 * The CPU (or memory) of every series that has a file of its own in a folder of traces, as recordings. A gap takes the value before it. Throws TRACE_INVALID.
 */
export async function readRecordings(
  path: string,
  column: 'cpuMillicores' | 'memoryBytes',
  stepSeconds = 300,
): Promise<Recording[]> {
  const source = createTraceSource({ path, clock: forever });
  const recordings: Recording[] = [];
  for (const [series, range] of await rangesOf(path, stepSeconds)) {
    const values = await readColumn(source, series, range, column);
    const name = parseContainerId(series)?.name ?? series;
    if (fillGaps(values)) recordings.push({ name, startSeconds: range.startSeconds, stepSeconds, values });
  }
  await source.close();
  return recordings;
}

async function rangesOf(path: string, stepSeconds: number): Promise<Map<string, TimeRange>> {
  const ranges = new Map<string, TimeRange>();
  for (const { file, fromSeconds, toSeconds } of await traceExtent(path)) {
    const series = seriesOfPath(path, file);
    // A file whose rows name their series has another kind of name.
    if (parseContainerId(series) === undefined) continue;
    ranges.set(series, {
      startSeconds: (Math.ceil(fromSeconds / stepSeconds) - 1) * stepSeconds,
      endSeconds: Math.ceil(toSeconds / stepSeconds) * stepSeconds,
      stepSeconds,
    });
  }
  return ranges;
}

/** NaN where there is no sample. */
async function readColumn(
  source: Source,
  series: string,
  range: TimeRange,
  column: 'cpuMillicores' | 'memoryBytes',
): Promise<Float64Array> {
  const values = new Float64Array(stepCount(range)).fill(Number.NaN);
  for await (const { containers } of source.read(range)) {
    for (const usage of containers.filter(({ key }) => containerId(key) === series)) {
      for (const [i, time] of usage.times.entries()) {
        values[Math.round((time - range.startSeconds) / range.stepSeconds) - 1] = usage[column][i] ?? Number.NaN;
      }
    }
  }
  return values;
}

/**
 * What a recording says of a time that is not its own: it is played from its own beginning at `playedFromSeconds`, moved by whole steps so that the hour of
 * the day stays what it was, then shifted by `shiftSeconds`; after its end it starts again, a whole number of days later.
 */
export function valueAt(
  recording: Recording,
  timeSeconds: number,
  playedFromSeconds: number,
  shiftSeconds: number,
): number {
  const { startSeconds, stepSeconds, values } = recording;
  const days = Math.max(1, Math.floor((values.length * stepSeconds) / secondsADay));
  const toSameHour = modulo(playedFromSeconds - startSeconds, secondsADay);
  const into = modulo(timeSeconds - playedFromSeconds + toSameHour + shiftSeconds, days * secondsADay);
  return values[Math.min(values.length - 1, Math.floor(into / stepSeconds))] ?? 0;
}

/** The value that a share of a recording's steps does not exceed. */
export function quantileOf({ values }: Recording, share: number): number {
  const sorted = values.toSorted();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

/** False when there is nothing to fill them with. */
function fillGaps(values: Float64Array): boolean {
  let last = values.find((value) => !Number.isNaN(value));
  if (last === undefined) return false;
  for (const [i, value] of values.entries()) {
    if (Number.isNaN(value)) values[i] = last;
    else last = value;
  }
  return true;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
