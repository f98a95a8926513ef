import type { PerResource } from '../core/resource.ts';
import type { LoadTable } from './load-table.ts';
import { cellsPerSigma, certainSigmas, cumulative } from './normal.ts';
import type { Moments, PodLoad } from './pod-load.ts';
import { highestScore, neutralScore } from './score-range.ts';
import type { Scores } from './scores.ts';
import {
  averageField,
  lowMeanField,
  peakMeanField,
  peakVarianceField,
  roomField,
  rowFields,
  rowLength,
} from './summary-row.ts';

/** How much of the score a node loses that is in use up to the target, though certain to stay within it. */
const usedShare = 0.7;
/** Contention grows with CPU use long before the target; memory in use below it hurts nobody. */
const cpuShare = 0.75;
// Keeps 0 / 0 away where a load is known exactly and equals the room.
const leastVariance = 1e-6;

/**
 * Scores `count` nodes, given by their index in the table (-1: unknown), for a pod. For each step that is left, load and pod are summed and taken as
 * normal; P is the probability that both resources stay within the target share of allocatable, mean over the steps; U is the mean forecast use of the
 * target, three quarters of it CPU's.
 *
 *     score = round(10 · P⁴ · (1 − 0.7 · min(1, U)))
 *
 * P to the fourth: as if the horizon held four periods that go well or badly on their own; a node that is over the target for a fifth of the time
 * loses to any that never is. Worked, for the target used in full at U = 1:
 *
 *     P      U = 0   0.25   0.5    0.75   1
 *     1        10      8      7      5    3
 *     0.95      8      7      5      4    2
 *     0.8       4      3      3      2    1
 *     0.5       1      1      0      0    0
 *
 * The more load, the lower the score, never higher. Unknown nodes get 5.
 */
export function scoreNodes(table: LoadTable, indices: Int32Array, count: number, pod: PodLoad, scores: Scores): void {
  const cpu = outline(pod.cpu, table.fromStep);
  const memory = outline(pod.memory, table.fromStep);
  const outlines = { cpu, memory };
  table.lock.read(indices, count, (from, to) => scorePlaces(table, indices, from, to, pod, outlines, scores));
}

function scorePlaces(
  table: LoadTable,
  indices: Int32Array,
  from: number,
  to: number,
  pod: PodLoad,
  { cpu, memory }: PerResource<Outline>,
  scores: Scores,
): void {
  const { rows } = table;
  for (let at = from; at < to; at += 1) {
    const node = indices[at] ?? -1;
    const row = node * rowLength;
    const cpuRoom = node < 0 ? 0 : (rows[row + roomField] ?? 0);
    if (cpuRoom <= 0) {
      scores.score[at] = neutralScore;
      scores.probability[at] = Number.NaN;
      continue;
    }
    const memoryRow = row + rowFields;
    const probability = probabilityOf(table, node, pod, certainty(rows, row, cpu), certainty(rows, memoryRow, memory));
    const cpuUse = (rows[row + averageField] ?? 0) + cpu.mean / cpuRoom;
    const memoryUse = (rows[memoryRow + averageField] ?? 0) + memory.mean / (rows[memoryRow + roomField] ?? 0);
    scores.probability[at] = probability;
    scores.cpu[at] = cpuUse;
    scores.memory[at] = memoryUse;
    scores.score[at] = scoreOf(probability, cpuUse, memoryUse);
  }
}

/** P of a node; the steps are looked at only for a resource that is undecided. */
function probabilityOf(
  { rows, pairs, steps, fromStep }: LoadTable,
  node: number,
  pod: PodLoad,
  cpu: number,
  memory: number,
): number {
  if (cpu === 0 || memory === 0) return 0;
  if (cpu === 1 && memory === 1) return 1;
  const cpuRoom = rows[node * rowLength + roomField] ?? 0;
  const memoryRoom = rows[node * rowLength + rowFields + roomField] ?? 0;
  const base = 2 * node * steps;
  if (memory === 1) return meanWithin(pairs.cpu, pod.cpu, cpuRoom, base, fromStep);
  if (cpu === 1) return meanWithin(pairs.memory, pod.memory, memoryRoom, base, fromStep);
  return meanWithinBoth(pairs, pod, { cpu: cpuRoom, memory: memoryRoom }, base, fromStep);
}

/** The formula of scoreNodes for one node: P, and the use of each resource as a share of the target. */
export function scoreOf(probability: number, cpuUse: number, memoryUse: number): number {
  const use = Math.min(1, Math.max(0, cpuShare * cpuUse + (1 - cpuShare) * memoryUse));
  const squared = probability * probability;
  return Math.round(highestScore * squared * squared * (1 - usedShare * use));
}

/** What bounds a load over the steps that are left. */
export interface Outline {
  readonly mean: number;
  readonly peakMean: number;
  readonly lowMean: number;
  readonly peakVariance: number;
}

export function outline({ mean, variance }: Moments, fromStep: number): Outline {
  let [sum, peakMean, lowMean, peakVariance] = [0, 0, Number.POSITIVE_INFINITY, 0];
  for (let step = fromStep; step < mean.length; step += 1) {
    const value = mean[step] ?? 0;
    sum += value;
    peakMean = Math.max(peakMean, value);
    lowMean = Math.min(lowMean, value);
    peakVariance = Math.max(peakVariance, variance[step] ?? 0);
  }
  return { mean: sum / (mean.length - fromStep), peakMean, lowMean, peakVariance };
}

const undecided = -1;

// Squares are compared, as a root per step is what this would cost most.
const certainVariances = certainSigmas * certainSigmas;

/** 1 or 0 where the widest and the highest (lowest) of all steps together already decide every one of them: most nodes need no look at the steps. */
function certainty(rows: Float32Array, row: number, pod: Outline): number {
  const room = rows[row + roomField] ?? 0;
  const far = certainVariances * ((rows[row + peakVarianceField] ?? 0) + pod.peakVariance + leastVariance);
  const left = room - (rows[row + peakMeanField] ?? 0) - pod.peakMean;
  if (left > 0 && left * left >= far) return 1;
  const most = room - (rows[row + lowMeanField] ?? 0) - pod.lowMean;
  if (most < 0 && most * most >= far) return 0;
  return undecided;
}

function meanWithin(pairs: Float32Array, pod: Moments, room: number, base: number, fromStep: number): number {
  const { mean, variance } = pod;
  const steps = mean.length;
  let sum = 0;
  for (let step = fromStep, at = base + 2 * fromStep; step < steps; step += 1, at += 2) {
    const left = room - (pairs[at] ?? 0) - (mean[step] ?? 0);
    const width = (pairs[at + 1] ?? 0) + (variance[step] ?? 0) + leastVariance;
    // within(), written out.
    if (left * left >= certainVariances * width) {
      if (left > 0) sum += 1;
    } else {
      const place = middle + (cellsPerSigma * left) / Math.sqrt(width);
      const cell = place | 0;
      const low = cumulative[cell] ?? 0;
      sum += low + ((cumulative[cell + 1] ?? 1) - low) * (place - cell);
    }
  }
  return sum / (steps - fromStep);
}

/** As meanWithin, of steps in which both resources stay within. The arrays are taken out of their objects before the loop: that halves its time. */
function meanWithinBoth(
  pairs: PerResource<Float32Array>,
  pod: PodLoad,
  room: PerResource<number>,
  base: number,
  fromStep: number,
): number {
  const { cpu, memory } = pairs;
  const { mean: cpuMean, variance: cpuVariance } = pod.cpu;
  const { mean: memoryMean, variance: memoryVariance } = pod.memory;
  const steps = cpuMean.length;
  let sum = 0;
  for (let step = fromStep, at = base + 2 * fromStep; step < steps; step += 1, at += 2) {
    const cpuLeft = room.cpu - (cpu[at] ?? 0) - (cpuMean[step] ?? 0);
    const memoryLeft = room.memory - (memory[at] ?? 0) - (memoryMean[step] ?? 0);
    sum +=
      within(cpuLeft, (cpu[at + 1] ?? 0) + (cpuVariance[step] ?? 0) + leastVariance) *
      within(memoryLeft, (memory[at + 1] ?? 0) + (memoryVariance[step] ?? 0) + leastVariance);
  }
  return sum / (steps - fromStep);
}

const middle = certainSigmas * cellsPerSigma;

/** The probability that something normal stays below zero, given how far its mean lies below it. */
function within(left: number, variance: number): number {
  if (left * left >= certainVariances * variance) return left > 0 ? 1 : 0;
  const place = middle + (cellsPerSigma * left) / Math.sqrt(variance);
  const cell = place | 0;
  const low = cumulative[cell] ?? 0;
  return low + ((cumulative[cell + 1] ?? 1) - low) * (place - cell);
}
