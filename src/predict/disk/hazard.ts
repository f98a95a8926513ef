import { placeOfCounter } from '../../core/disk.ts';
import type { DiskModel, FailureProbabilities, Hazards } from './disk-model.ts';
import type { DiskHistory } from './history.ts';
import { effectOf } from './model-effects.ts';

const hoursPerYear = 8766;
const ageKnots = [0, 0.25, 1, 2, 3, 4, 5, 6];
const growthDays = [1, 7, 30];
const grown = [5, 187, 188, 197, 198].map(placeOfCounter);

type Shape = Pick<DiskModel, 'knots' | 'effects' | 'oldestYears'>;

/** Of the covariates, how many are for the hazard within 30 days; growth, after them, says when. */
export function hazardWidth(knots: readonly number[]): number {
  return covariateCount(knots) - growthDays.length;
}

/** How many numbers writeCovariates writes. */
export function covariateCount(knots: readonly number[]): number {
  return 1 + knots.length + 1 + ageKnots.length + 1 + growthDays.length;
}

export interface DiskState {
  /** Mean of what the trees say of it. */
  readonly signal: number;
  readonly powerOnHours: number;
  readonly model: string;
  readonly history: DiskHistory;
}

/**
 * What the hazard depends on: 1; the signal in straight pieces; whether the age is known and the age in straight pieces; the model's
 * record, in full for a disk without signs and again for one with signs; growth of its counters over 1, 7 and 30 days.
 */
export function writeCovariates(shape: Shape, state: DiskState, into: Float64Array, base = 0): void {
  let at = base;
  into[at++] = 1;
  at = writeRamps(shape.knots, state.signal, into, at);
  const calm = calmness(shape.knots, state.signal);
  const isAged = Number.isFinite(state.powerOnHours);
  into[at++] = isAged ? 0 : calm;
  const years = isAged ? Math.min(state.powerOnHours / hoursPerYear, shape.oldestYears) : 0;
  for (const knot of ageKnots) into[at++] = isAged ? calm * Math.max(0, years - knot) : 0;
  into[at++] = calm * effectOf(shape.effects, state.model);
  for (const days of growthDays) into[at++] = growthOver(state.history, days);
}

/** How far the signal has come between each knot and the next, 0–1; beyond the last as far as it goes. */
function writeRamps(knots: readonly number[], signal: number, into: Float64Array, base: number): number {
  for (const [i, knot] of knots.entries()) {
    const next = knots[i + 1];
    const share = next === undefined ? signal - knot : Math.min(1, (signal - knot) / (next - knot));
    into[base + i] = Math.max(0, share);
  }
  return base + knots.length;
}

/** Least rises of the hazard's logarithm, so that a worse signal is never a lower hazard. */
export function leastRises(knots: readonly number[]): readonly number[] {
  return [Number.NEGATIVE_INFINITY, ...knots.map(() => 0.15)];
}

/**
 * 1 for a disk without signs, 0 for one whose signal is clearly that of disks that fail: what a disk itself says counts for more than what is
 * usual at its age and model.
 */
export function calmness(knots: readonly number[], signal: number): number {
  const low = knots[1] ?? 0;
  const high = knots[2] ?? 0;
  return high > low ? 1 - Math.min(1, Math.max(0, (signal - low) / (high - low))) : 1;
}

function growthOver(history: DiskHistory, days: number): number {
  if (!history.hasGrown) return 0;
  let sum = 0;
  for (const i of grown) sum += Math.log1p(history.growth(i, days).amount);
  return sum;
}

/**
 * Failure within each horizon: within 30 days by the first row of coefficients, and of those failures the share within 7 days by the second, of
 * the others the share within 14 by the third. Growth says when a failure comes, more than whether: it enters the shares alone, since
 * healthy disks grow in steps, too, and would be alarmed on the day of the step.
 */
export function probabilities(
  { hazard, within7, within14 }: Hazards,
  covariates: Float64Array,
  knots: readonly number[],
): FailureProbabilities {
  const p30 = 1 / (1 + Math.exp(-hazardOf(hazard, covariates, knots.length)));
  const first = logistic(within7, covariates);
  const second = first + (1 - first) * logistic(within14, covariates);
  return { p7: p30 * first, p14: p30 * second, p30 };
}

/**
 * Log-odds of a failure within 30 days. What age and model add never lifts a disk without signs above one with the signal of the third knot:
 * up to there both count, and beyond it the signal alone decides who is alarmed first.
 */
function hazardOf(beta: readonly number[], covariates: Float64Array, ramps: number): number {
  const part = (from: number, to: number): number => {
    let sum = 0;
    for (let j = from; j < to; j += 1) sum += (beta[j] ?? 0) * (covariates[j] ?? 0);
    return sum;
  };
  const own = part(0, 1 + ramps);
  const ceiling = (beta[0] ?? 0) + (beta[1] ?? 0) + (beta[2] ?? 0);
  const whole = own + part(1 + ramps, beta.length);
  return own >= ceiling ? whole : softLeast(whole, ceiling);
}

/** The lesser of two, a little less near where they are equal, so that what lies above keeps its order. */
function softLeast(a: number, b: number): number {
  const low = Math.min(a, b);
  const sharpness = 4;
  return low - Math.log1p(Math.exp(-sharpness * Math.abs(a - b))) / sharpness;
}

function logistic(beta: readonly number[], covariates: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < beta.length; j += 1) sum += (beta[j] ?? 0) * (covariates[j] ?? 0);
  return 1 / (1 + Math.exp(-sum));
}
