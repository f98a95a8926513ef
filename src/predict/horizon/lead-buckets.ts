import { stepsPerHour } from './course.ts';

/** How far ahead: up to 1, 3, 6, 12 hours, and beyond. */
const ends = [1, 3, 6, 12].map((hours) => hours * stepsPerHour);
export const bucketCount = ends.length + 1;
/** The buckets below this are short: what comes there is known within six hours. */
export const shortBuckets = 3;

export function bucketOf(lead: number): number {
  const found = ends.findIndex((end) => lead < end);
  return found < 0 ? ends.length : found;
}
