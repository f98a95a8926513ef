import type { ModelEffects } from './model-effects.ts';
import type { Tree } from './tree.ts';

/** What was learned from the days of many disks; plain numbers and texts, so that it can be written as JSON. */
export interface DiskModel {
  readonly version: 1;
  /** Several sets of trees, each learned without a part of the disks; a disk's signal is the mean of what they say. */
  readonly bags: readonly (readonly Tree[])[];
  /** Where the straight pieces of the signal's effect meet. */
  readonly knots: readonly number[];
  readonly effects: ModelEffects;
  /** Disks older than this, in years, count as this old. */
  readonly oldestYears: number;
  readonly hazards: Hazards;
  readonly learned: LearnedFrom;
}

/** Coefficients of three logistic functions: failure within 30 days; if so, within 7; if so but not within 7, within 14. */
export interface Hazards {
  readonly hazard: readonly number[];
  readonly within7: readonly number[];
  readonly within14: readonly number[];
}

export interface LearnedFrom {
  readonly drives: number;
  readonly failures: number;
  readonly rows: number;
  readonly fromDay: number;
  readonly toDay: number;
  readonly seed: number;
  readonly models: number;
}

/** Ends of the intervals, in days after the day of the prediction. */
export const horizons = [7, 14, 30] as const;

/** Probabilities of failure within 7, 14 and 30 days. */
export interface FailureProbabilities {
  readonly p7: number;
  readonly p14: number;
  readonly p30: number;
}
