import { anchored } from './anchored.ts';
import { stepsPerDay, stepsPerHour } from './course.ts';
import type { Expert } from './expert.ts';
import { recent } from './recent.ts';
import { foundPeriod, sameTime } from './same-time.ts';
import { shiftedDays } from './shifted-days.ts';

const hour = stepsPerHour;
const day = stepsPerDay;
const week = 7 * day;

/** The experts in the order of the gate's weights: whoever changes this list trains the gate anew (`node bench/forecast/train.ts`). */
export const expertList: readonly (readonly [name: string, expert: Expert])[] = [
  ['recent 1 h', recent(hour)],
  ['recent 3 h', recent(3 * hour)],
  ['recent 6 h', recent(6 * hour)],
  ['recent 12 h', recent(12 * hour)],
  ['recent 1 d', recent(day)],
  ['recent 3 d', recent(3 * day)],
  ['recent 7 d', recent(week)],
  ['recent 28 d', recent(4 * week)],
  ['of the day, 1 ±12', sameTime(day, 1, 12)],
  ['of the day, 3 ±3', sameTime(day, 3, 3)],
  ['of the day, 7 ±1', sameTime(day, 7, 1)],
  ['of the day, 7 ±6', sameTime(day, 7, 6)],
  ['of the day, 14 ±2', sameTime(day, 14, 2)],
  ['of the day, 28 ±0', sameTime(day, 28, 0)],
  ['of the week, 4 ±1', sameTime(week, 4, 1)],
  ['of the hour, 12 ±0', sameTime(hour, 12, 0)],
  ['of the hour, 48 ±0', sameTime(hour, 48, 0)],
  ['of the hour, 168 ±0', sameTime(hour, 168, 0)],
  ['of 3 h, 24 ±0', sameTime(3 * hour, 24, 0)],
  ['of 6 h, 28 ±0', sameTime(6 * hour, 28, 0)],
  ['of a found period, 24 ±0', foundPeriod(24)],
  ['anchored 7 d, 1 step', anchored(7, 1)],
  ['anchored 7 d, 1 h', anchored(7, hour)],
  ['anchored 2 d, 15 min', anchored(2, 3)],
  ['moved 5 d, 30 min', shiftedDays({ days: 5, levelSteps: 6, width: 4, by: 'move' })],
  ['moved 14 d, 2 h', shiftedDays({ days: 14, levelSteps: 2 * hour, width: 2, by: 'move' })],
  ['moved 28 d, 4 h', shiftedDays({ days: 28, levelSteps: 4 * hour, width: 0, by: 'move' })],
  ['moved 7 d, 1 d', shiftedDays({ days: 7, levelSteps: day, width: 2, by: 'move' })],
  ['scaled 7 d, 6 h', shiftedDays({ days: 7, levelSteps: 6 * hour, width: 2, by: 'scale' })],
  ['scaled 2 d, 1 d', shiftedDays({ days: 2, levelSteps: day, width: 3, by: 'scale' })],
  ['moved 2 d, 2 h', shiftedDays({ days: 2, levelSteps: 2 * hour, width: 3, by: 'move' })],
];
export const expertCount = expertList.length;
