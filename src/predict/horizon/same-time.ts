import { type Course, stepsPerDay } from './course.ts';
import { type Expert, eachLead } from './expert.ts';
import { gather } from './samples.ts';

/** What was measured within `width` steps of the same place in the last cycles of a period: of the hour, the day, the week. */
export function sameTime(period: number, cycles: number, width: number): Expert {
  return (course, leads, out, at) =>
    course.known >= period && eachLead(leads, out, at, (lead) => gatherCycles(course, { period, cycles, width }, lead));
}

/** The same with the period, up to a day, after which the course resembled itself most in the last days. */
export function foundPeriod(cycles: number): Expert {
  return (course, leads, out, at) => {
    const period = likestPeriod(course);
    if (period === undefined) return false;
    return eachLead(leads, out, at, (lead) => gatherCycles(course, { period, cycles, width: 0 }, lead));
  };
}

interface Cycles {
  readonly period: number;
  readonly cycles: number;
  readonly width: number;
}

function gatherCycles({ values, known }: Course, { period, cycles, width }: Cycles, lead: number): number {
  let middle = known + lead - (Math.floor(lead / period) + 1) * period;
  let count = 0;
  for (let cycle = 0; cycle < cycles && middle >= 0; cycle += 1) {
    count = gather(values, middle - width, Math.min(known, middle + width + 1), 0, count);
    middle -= period;
  }
  return count;
}

const longestPeriod = stepsPerDay;
const comparedDays = 4;
/** A longer period must be so much liker than a shorter one, or multiples of the true one win by chance. */
const clearlyLiker = 0.98;

/** undefined before two days are known. The period p from ten minutes to a day with the least mean distance |y(t) − y(t − p)|. */
function likestPeriod(course: Course): number | undefined {
  if (course.known < 2 * stepsPerDay) return undefined;
  let best: number | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (let period = 2; period <= longestPeriod; period += 1) {
    const distance = meanDistance(course, period);
    if (!(distance < least * clearlyLiker)) continue;
    least = distance;
    best = period;
  }
  return best;
}

/** NaN when nothing can be compared. */
function meanDistance({ values, known }: Course, period: number): number {
  let [sum, count] = [0, 0];
  for (let i = Math.max(longestPeriod, known - comparedDays * stepsPerDay); i < known; i += 1) {
    const distance = Math.abs((values[i] ?? Number.NaN) - (values[i - period] ?? Number.NaN));
    if (Number.isNaN(distance)) continue;
    sum += distance;
    count += 1;
  }
  return sum / count;
}
