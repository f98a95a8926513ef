import { type Course, stepsPerHour } from './course.ts';
import { expertCount, expertList } from './expert-list.ts';
import type { Fit } from './gate.ts';
import { bucketOf } from './lead-buckets.ts';
import { gridSize, pinballLoss } from './quantiles.ts';
import { gather, meanOf, scratch } from './samples.ts';
import type { TrackRecord } from './track-record.ts';

/** What all experts say of some leads: `quantiles[(expert * leads.length + lead) * gridSize + level]`, and who of them speaks. */
export interface Panel {
  readonly leads: Int32Array;
  readonly quantiles: Float64Array;
  readonly speaks: Uint8Array;
}

export function askExperts(course: Course, leads: Int32Array): Panel {
  const size = leads.length * gridSize;
  const quantiles = new Float64Array(expertCount * size);
  const speaks = Uint8Array.from(expertList, ([, expert], i) => (expert(course, leads, quantiles, i * size) ? 1 : 0));
  return { leads, quantiles, speaks };
}

/** Every second step of the next hour. */
const nextHour = Int32Array.from({ length: stepsPerHour / 2 }, (_, i) => 2 * i);

/** The same, and how well what each says of the next hour fits the last one: both from one look at the past, which is most of the time that it takes. */
export function askWithFit(course: Course, leads: Int32Array): { readonly panel: Panel; readonly fit: Fit } {
  const both = askExperts(course, Int32Array.of(...nextHour, ...leads));
  const [hourSize, size] = [nextHour.length * gridSize, leads.length * gridSize];
  const quantiles = new Float64Array(expertCount * size);
  for (let expert = 0; expert < expertCount; expert += 1) {
    const at = expert * (hourSize + size);
    quantiles.set(both.quantiles.subarray(at + hourSize, at + hourSize + size), expert * size);
  }
  return { panel: { leads, quantiles, speaks: both.speaks }, fit: fitOf(course, both) };
}

/** It shows at once whether an expert has seen a shift of level. */
function fitOf({ values, known }: Course, { leads, quantiles, speaks }: Panel): Fit {
  const [quarter, hour] = [new Float64Array(expertCount), new Float64Array(expertCount)];
  const middle = medianOf(values, known - 3, known);
  const mean = new Float64Array(gridSize);
  for (let expert = 0; expert < expertCount; expert += 1) {
    mean.fill(0);
    const at = expert * leads.length * gridSize;
    for (let i = 0; i < nextHour.length * gridSize; i += 1) {
      mean[i % gridSize] = (mean[i % gridSize] ?? 0) + (quantiles[at + i] ?? 0) / nextHour.length;
    }
    const isHeard = speaks[expert] === 1;
    quarter[expert] = isHeard && !Number.isNaN(middle) ? pinballLoss(middle, mean, 0) : Number.NaN;
    hour[expert] = isHeard ? meanLoss(values, known, mean) : Number.NaN;
  }
  return { quarter, hour };
}

/** Counts what each said of steps that are known by now; the panel spoke at `course.known`. */
export function judgePanel(course: Course, { leads, quantiles, speaks }: Panel, record: TrackRecord): void {
  for (const [i, lead] of leads.entries()) {
    const value = course.values[course.known + lead] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    const bucket = bucketOf(lead);
    for (let expert = 0; expert < expertCount; expert += 1) {
      if (speaks[expert] === 0) continue;
      record.add(expert, bucket, pinballLoss(value, quantiles, (expert * leads.length + i) * gridSize));
    }
  }
}

function meanLoss(values: Float32Array, known: number, quantiles: Float64Array): number {
  let [sum, count] = [0, 0];
  for (let i = Math.max(0, known - stepsPerHour); i < known; i += 1) {
    const value = values[i] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    sum += pinballLoss(value, quantiles, 0);
    count += 1;
  }
  return count === 0 ? Number.NaN : sum / count;
}

/** NaN when none was measured. */
function medianOf(values: Float32Array, from: number, to: number): number {
  const count = gather(values, from, to, 0, 0);
  if (count === 0) return meanOf(values, from, to);
  const sorted = scratch.slice(0, count).sort();
  return sorted[count >> 1] ?? Number.NaN;
}
