import { type LoadSeries, stepsPerDay } from './series.ts';

export const horizonSteps = stepsPerDay;
const mostOrigins = 7;
const leastHistoryDays = 4;

/** Where forecasts begin: how many values are known. Every day of the last week, each with a day after it, and four days or half of the course before it. */
export function originsOf({ values }: LoadSeries): number[] {
  const least = Math.max(leastHistoryDays * stepsPerDay, Math.min(7 * stepsPerDay, values.length >> 1));
  const origins: number[] = [];
  for (let back = 1; back <= mostOrigins; back += 1) {
    const origin = values.length - back * horizonSteps;
    if (origin >= least) origins.unshift(origin);
  }
  return origins;
}
