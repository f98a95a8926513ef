import { fillDates } from '../../src/predict/capacity/fill-dates.ts';
import { seededRandom } from '../../src/predict/disk/random.ts';
import type { Course } from './series.ts';

/** One question that a course answers itself later. Steps from the origin on; infinite where it was not answered within the data. */
export interface Case {
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
  readonly actual: number;
  /** Steps between the origin and the end of the data. */
  readonly seen: number;
}

const leastHistory = 60;
const leastFuture = 20;
const origins = 25;
const shares = [0.1, 0.3, 0.6, 1];

/** Asked at some 25 times of a course when so much more is used; so much is a share of what was used more in the newest half of its history. */
export function casesOf({ used, stepSeconds }: Course): Case[] {
  const cases: Case[] = [];
  const every = Math.max(10, Math.floor(used.length / origins));
  for (let origin = leastHistory; origin < used.length - leastFuture; origin += every) {
    const newest = used[origin - 1] ?? 0;
    const grown = newest - (used[Math.max(0, origin - 1 - Math.floor(origin / 2))] ?? 0);
    if (grown <= 0) continue;
    const history = {
      times: Float64Array.from({ length: origin }, (_, i) => (i + 1) * stepSeconds),
      used: used.subarray(0, origin),
    };
    for (const share of shares) {
      const capacity = newest + grown * share;
      const nowSeconds = origin * stepSeconds;
      const dates = fillDates(history, { capacity, nowSeconds, random: seededRandom(origin) });
      if (dates === undefined) continue;
      const steps = (seconds = Number.POSITIVE_INFINITY): number => seconds / stepSeconds - origin;
      const reached = used.findIndex((value, i) => i >= origin && value >= capacity);
      const actual = reached < 0 ? Number.POSITIVE_INFINITY : reached - origin + 1;
      cases.push({
        p10: steps(dates.p10),
        p50: steps(dates.p50),
        p90: steps(dates.p90),
        actual,
        seen: used.length - origin,
      });
    }
  }
  return cases;
}

export interface Verdict {
  readonly cases: number;
  readonly held: number;
  readonly early: number;
  readonly late: number;
}

/** Intervals are rounded outward to whole steps: what is measured daily has no finer date. */
export function judge(cases: readonly Case[]): Verdict {
  let [held, early, late] = [0, 0, 0];
  for (const { p10, p90, actual, seen } of cases) {
    const end = Math.min(actual, seen);
    if (end < Math.floor(Math.min(p10, seen))) early += 1;
    else if (end > Math.ceil(Math.min(p90, seen))) late += 1;
    else held += 1;
  }
  return { cases: cases.length, held, early, late };
}

/** The cases whose interval begins before the data ends: of the others nothing can be said. */
export function decidable(cases: readonly Case[]): Case[] {
  return cases.filter(({ p10, seen }) => p10 <= seen);
}

/** The cases in which what was asked about came to be. */
export function reached(cases: readonly Case[]): Case[] {
  return cases.filter(({ actual }) => actual !== Number.POSITIVE_INFINITY);
}
