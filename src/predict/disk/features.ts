import { damageCounters, placeOfCounter } from '../../core/disk.ts';
import type { DiskHistory } from './history.ts';

const width = damageCounters.length;
const sums = 4;
/** Per counter: value, highest value so far, times it grew in 30 and in 90 days; then the four sums over all of them. */
export const featureCount = 4 * width + sums;

export const featureNames: readonly string[] = [
  ...damageCounters.map((id) => `smart_${id}`),
  ...damageCounters.map((id) => `smart_${id} highest`),
  ...damageCounters.map((id) => `smart_${id} grew in 30 days`),
  ...damageCounters.map((id) => `smart_${id} grew in 90 days`),
  'graded sum',
  'graded sum of highest',
  'counters above zero',
  'pending',
];

// Counters of the graded sum: 196 repeats 5, and 189 says more about vibration than about wear.
const graded = [5, 187, 188, 197, 198].map(placeOfCounter);
const pending = [197, 198].map(placeOfCounter);

/**
 * Writes what the model sees of a disk: `featureCount` numbers, NaN where the disk does not report. Every one of them is worse when higher,
 * so that a model may be held to say so, too.
 */
export function writeFeatures(history: DiskHistory, into: Float64Array): void {
  const { last, highest } = history;
  for (let i = 0; i < width; i += 1) {
    const value = last[i] ?? Number.NaN;
    into[i] = value;
    into[width + i] = highest[i] ?? Number.NaN;
    const isKnown = !Number.isNaN(highest[i] ?? Number.NaN);
    into[2 * width + i] = isKnown ? growthTimes(history, i, 30) : Number.NaN;
    into[3 * width + i] = isKnown ? growthTimes(history, i, 90) : Number.NaN;
  }
  writeSums(into);
}

/** The features of a disk whose counter at this place had always been 0. */
export function withoutCounter(features: Float64Array, counter: number): Float64Array {
  const healthy = Float64Array.from(features);
  for (let part = 0; part < 4; part += 1) healthy[part * width + counter] = 0;
  writeSums(healthy);
  return healthy;
}

function writeSums(features: Float64Array): void {
  features[4 * width] = sumOfLogs(features, 0);
  features[4 * width + 1] = sumOfLogs(features, width);
  let above = 0;
  for (const i of graded) if ((features[i] ?? 0) > 0) above += 1;
  features[4 * width + 2] = above;
  features[4 * width + 3] = Math.max(...pending.map((i) => features[i] || 0));
}

function growthTimes(history: DiskHistory, counter: number, days: number): number {
  return history.hasGrown ? history.growth(counter, days).times : 0;
}

function sumOfLogs(features: Float64Array, from: number): number {
  let sum = 0;
  for (const i of graded) sum += Math.log1p(features[from + i] || 0);
  return sum;
}
