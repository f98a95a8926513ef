import type { Course } from '../../src/predict/horizon/course.ts';
import { expertCount } from '../../src/predict/horizon/expert-list.ts';
import { shippedGate } from '../../src/predict/horizon/gate.ts';
import { bucketOf } from '../../src/predict/horizon/lead-buckets.ts';
import { askNow, learnTurn, nothingLearned, turnSteps } from '../../src/predict/horizon/learner.ts';
import { gridSize, pinballLoss } from '../../src/predict/horizon/quantiles.ts';
import type { TrackRecord } from '../../src/predict/horizon/track-record.ts';
import { horizonSteps } from './origins.ts';
import { type LoadSeries, stepsPerDay } from './series.ts';

/** What the experts said at one time of some steps of one bucket, and what came. */
export interface Lesson {
  readonly bucket: number;
  /** Features of all buckets at that time (gate.ts). */
  readonly features: Float64Array;
  readonly speaks: Uint8Array;
  /** `quantiles[(expert * values.length + step) * gridSize + level]`. */
  readonly quantiles: Float32Array;
  readonly values: Float64Array;
}

/** A series, as far as it teaches. */
export interface Lessons {
  readonly name: string;
  /** Series of one machine learn together or not at all. */
  readonly machine: string;
  readonly lessons: readonly Lesson[];
  /** Mean pinball loss of the best single expert, so that all series count alike. */
  readonly scale: number;
}

const leastKnown = 2 * stepsPerDay;
/** Of every second turn, and of every sixth step. */
const everyTurn = 2;
const everyStep = 6;

/** Runs through a series as the forecaster does, and keeps what it could have learned from. */
export function lessonsOf(series: LoadSeries): Lessons {
  const values = Float32Array.from(series.values);
  const learned = nothingLearned();
  const lessons: Lesson[] = [];
  for (let turn = 0, known = turnSteps; known + 2 * turnSteps < values.length; turn += 1, known += turnSteps) {
    learnTurn({ values, known }, learned, turn, shippedGate);
    if (known < leastKnown || turn % everyTurn !== 0) continue;
    // At any time between two turns.
    const since = (turn * 29) % turnSteps;
    lessons.push(...lessonsAt({ values, known: known + since }, learned.experts, since, turn));
  }
  const machine = series.name.split(' ')[0] ?? '';
  return { name: series.name, machine, lessons, scale: leastLoss(lessons) };
}

function lessonsAt(course: Course, record: TrackRecord, since: number, turn: number): Lesson[] {
  const leads = Int32Array.from({ length: horizonSteps / everyStep }, (_, i) => i * everyStep + (turn % everyStep));
  const { panel, features } = askNow(course, leads, record, since);
  const byBucket = Map.groupBy(leads.keys(), (i) => bucketOf(leads[i] ?? 0));
  return [...byBucket].map(([bucket, places]) => {
    const quantiles = new Float32Array(expertCount * places.length * gridSize);
    for (let expert = 0; expert < expertCount; expert += 1) {
      for (const [i, place] of places.entries()) {
        const at = (expert * leads.length + place) * gridSize;
        quantiles.set(panel.quantiles.subarray(at, at + gridSize), (expert * places.length + i) * gridSize);
      }
    }
    const values = Float64Array.from(
      places,
      (place) => course.values[course.known + (leads[place] ?? 0)] ?? Number.NaN,
    );
    return { bucket, features, speaks: panel.speaks, quantiles, values };
  });
}

function leastLoss(lessons: readonly Lesson[]): number {
  const sums = new Float64Array(expertCount);
  const counts = new Float64Array(expertCount);
  for (const { quantiles, values, speaks } of lessons) {
    const all = Float64Array.from(quantiles);
    for (const [step, value] of values.entries()) {
      if (Number.isNaN(value)) continue;
      for (let expert = 0; expert < expertCount; expert += 1) {
        if (speaks[expert] === 0) continue;
        sums[expert] = (sums[expert] ?? 0) + pinballLoss(value, all, (expert * values.length + step) * gridSize);
        counts[expert] = (counts[expert] ?? 0) + 1;
      }
    }
  }
  const most = Math.max(...counts);
  const means = [...sums].map((sum, i) =>
    (counts[i] ?? 0) > most / 2 ? sum / (counts[i] ?? 1) : Number.POSITIVE_INFINITY,
  );
  return Math.max(Math.min(...means), 1e-9);
}
