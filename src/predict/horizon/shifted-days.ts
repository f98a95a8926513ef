import { type Course, stepsPerDay } from './course.ts';
import { type Expert, eachLead } from './expert.ts';
import { gather, meanOf, scratch } from './samples.ts';

export interface Shift {
  readonly days: number;
  /** The level is the mean of so many steps before the hour of the forecast. */
  readonly levelSteps: number;
  readonly width: number;
  readonly by: 'move' | 'scale';
}

/** What the days before brought at the same time of the day, brought from the level that each of them had at this hour to the present one. */
export function shiftedDays(shift: Shift): Expert {
  const { days, levelSteps } = shift;
  return (course, leads, out, at) => {
    const levels = Float64Array.from({ length: days + 1 }, (_, day) => {
      const then = course.known - day * stepsPerDay;
      return then < levelSteps ? Number.NaN : meanOf(course.values, then - levelSteps, then);
    });
    if (Number.isNaN(levels[0])) return false;
    return eachLead(leads, out, at, (lead) => gatherDays(course, shift, levels, lead));
  };
}

function gatherDays({ values, known }: Course, { width, by }: Shift, levels: Float64Array, lead: number): number {
  const now = levels[0] ?? 0;
  let count = 0;
  for (let day = Math.floor(lead / stepsPerDay) + 1; day < levels.length; day += 1) {
    const level = levels[day] ?? Number.NaN;
    if (Number.isNaN(level)) continue;
    const middle = known - day * stepsPerDay + lead;
    const begun = count;
    count = gather(values, middle - width, Math.min(known, middle + width + 1), by === 'move' ? now - level : 0, count);
    if (by === 'scale') scale(begun, count, now, level);
  }
  return count;
}

/** A level near zero says nothing of a ratio. */
const largestRatio = 4;

function scale(from: number, to: number, now: number, level: number): void {
  const ratio = level > 0 ? Math.min(largestRatio, Math.max(1 / largestRatio, now / level)) : 1;
  for (let i = from; i < to; i += 1) scratch[i] = (scratch[i] ?? 0) * ratio;
}
