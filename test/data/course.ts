import { quantile, type Recorded } from './sources.ts';

const week = 7 * 86_400;
const stepSeconds = 300;

/** A course over time without a level: 0 at the 1st percentile of what was recorded, 1 at the 99th. */
export type Course = (timeSeconds: number) => number;

/** Plays a recording at other times: the same hour and day of the week, again from its start after its last whole week, `shiftSeconds` later. */
export function courseOf(
  { times, cpuMillicores, memoryBytes }: Recorded,
  column: 'cpu' | 'memory',
  shiftSeconds = 0,
): Course {
  const values = column === 'cpu' ? cpuMillicores : memoryBytes;
  const [low, high] = [quantile(values, 0.01), quantile(values, 0.99)];
  const start = (times[0] ?? 0) - stepSeconds;
  const weeks = Math.max(1, Math.floor(((times.at(-1) ?? 0) - start) / week));
  const grid = new Float64Array((weeks * week) / stepSeconds).fill(Number.NaN);
  for (const [i, time] of times.entries()) {
    const step = Math.ceil((time - start) / stepSeconds) - 1;
    if (step < grid.length) grid[step] = ((values[i] ?? Number.NaN) - low) / (high - low);
  }
  return (timeSeconds) => {
    const into = modulo(timeSeconds - shiftSeconds - start, weeks * week);
    return grid[(Math.ceil(into / stepSeconds) + grid.length - 1) % grid.length] ?? Number.NaN;
  };
}

/** What a course was on average lately: each step counts half as much as one `halfLifeSeconds` later. */
export function smoothed(course: Course, fromSeconds: number, halfLifeSeconds: number): Course {
  const keep = 2 ** (-stepSeconds / halfLifeSeconds);
  let [at, held] = [fromSeconds - 4 * halfLifeSeconds, 0];
  return (timeSeconds) => {
    for (; at <= timeSeconds; at += stepSeconds) {
      const value = course(at);
      if (!Number.isNaN(value)) held = keep * held + (1 - keep) * value;
    }
    return held;
  };
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
