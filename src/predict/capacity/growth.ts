import { evenHistory, type UsedHistory } from './used-history.ts';

/** How something grew: increments of even steps, and how much its pace may differ from that (standard deviation of the pace's logarithm). */
export interface Growth {
  readonly increments: Float64Array;
  readonly stepSeconds: number;
  readonly lastSeconds: number;
  readonly spread: number;
}

const leastIncrements = 8;
/** What happened within less time says nothing of days. */
const leastSeconds = 3600;

/** undefined when the history is too short to grow by: fewer than eight steps, or less than an hour. `room` is how far is asked: pace is compared over as long. */
export function growthOf(history: UsedHistory, room: number): Growth | undefined {
  const even = evenHistory(history);
  if (even === undefined) return undefined;
  const { used, stepSeconds, lastSeconds } = even;
  const increments = used.slice(1).map((value, i) => value - (used[i] ?? 0));
  if (increments.length < leastIncrements || increments.length * stepSeconds < leastSeconds) return undefined;
  dropSingleFalls(increments);
  return { increments, stepSeconds, lastSeconds, spread: spreadOfPace(increments, room) };
}

/** What it grows by in a day, one-time steps left out: the mean of the newest half. undefined when the history is too short. */
export function growthPerDay(history: UsedHistory): number | undefined {
  const growth = growthOf(history, 0);
  if (growth === undefined) return undefined;
  const newest = growth.increments.subarray(growth.increments.length >> 1);
  const perStep = newest.reduce((sum, value) => sum + value, 0) / newest.length;
  return (perStep * 86_400) / growth.stepSeconds;
}

/** A fall this many times larger than the usual step, and this share of all growth, that came at most twice is no part of the course. */
const unusual = 8;
const largeShare = 0.1;
const mostSingle = 2;

/** Data that was deleted or moved once: the step is taken out in place. What falls again and again (a clean-up each week) stays. */
function dropSingleFalls(increments: Float64Array): void {
  const sizes = increments.map(Math.abs).sort();
  const usual = sizes[Math.floor(sizes.length * 0.9)] ?? 0;
  const grown = increments.reduce((sum, value) => sum + Math.max(0, value), 0);
  const falls = [...increments.keys()].filter((i) => {
    const fall = -(increments[i] ?? 0);
    return fall > 0 && fall > unusual * usual && fall > largeShare * grown;
  });
  if (falls.length > mostSingle) return;
  for (const i of falls) increments[i] = 0;
}

/** What is assumed before the history has said anything counts as so many comparisons. */
const priorWeight = 4;
/** From a course that grows evenly to one that grows in few large steps. */
const evenSpread = 0.05;
const unevenSpread = 0.8;
/** Consecutive comparisons share half of what they compare. */
const comparisonWeight = 0.5;
const largestSquare = 6;
/** A course that does not grow still has a pace to compare. */
const smallestRate = 1e-280;
/** Part of the pace's changes is already in the bootstrap of the increments. */
const notInBootstrap = 0.7;

/**
 * How much the pace of one stretch differed from that of the stretch before, as long as the one that is asked for. With little history what counts is how
 * uneven the steps are: a pool that grows by shipments of disks has a pace that is known badly.
 */
function spreadOfPace(increments: Float64Array, room: number): number {
  const count = increments.length;
  const sums = new Float64Array(count + 1);
  for (let i = 0; i < count; i += 1) sums[i + 1] = (sums[i] ?? 0) + (increments[i] ?? 0);
  const rate = Math.max(smallestRate, (sums[count] ?? 0) / count);
  const stretch = Math.round(Math.min(count / 3, Math.max(count / 12, 2, room / rate)));
  const least = 0.05 * rate * stretch;
  const grownIn = (from: number, to: number): number => Math.max(0, (sums[to] ?? 0) - (sums[from] ?? 0)) + least;
  const prior = evenSpread + unevenSpread * unevenness(increments) ** 2;
  let squares = priorWeight * prior * prior;
  let weight = priorWeight;
  for (let middle = count - stretch; middle >= stretch; middle -= Math.max(1, stretch >> 1)) {
    const change = Math.log(grownIn(middle, middle + stretch) / grownIn(middle - stretch, middle));
    squares += comparisonWeight * Math.min(largestSquare, change * change);
    weight += comparisonWeight;
  }
  return notInBootstrap * Math.sqrt(squares / weight);
}

/** 0 when all steps are as large, nearly 1 when one of them is everything. */
function unevenness(increments: Float64Array): number {
  let sum = 0;
  let squares = 0;
  for (const value of increments) {
    sum += Math.abs(value);
    squares += value * value;
  }
  return squares > 0 ? 1 - (sum * sum) / squares / increments.length : 0;
}
