import type { FailureProbabilities } from './disk-model.ts';

/** A day by which to replace a disk: when the chance that it has failed reaches the risk taken; days since 1970, earliest and latest. */
export interface ReplacementDate {
  readonly day: number;
  readonly from: number;
  readonly to: number;
}

/** What is expected of one disk, and why. */
export interface DiskOutlook extends FailureProbabilities {
  readonly device: string;
  readonly serial: string;
  readonly model: string;
  /** `learned` from failures of rotating disks, `rules` where no data set of failures was learned from, `nothing` when it says nothing. */
  readonly basis: 'learned' | 'rules' | 'nothing';
  /** The device says of itself that it fails. */
  readonly isFailing: boolean;
  /** What raises the probability, in words, the strongest first; empty for a disk without signs. */
  readonly drivers: readonly string[];
  /** Undefined when the risk is not reached within two years. */
  readonly replaceBy: ReplacementDate | undefined;
  /** What a reader has to know about these numbers. */
  readonly notes: readonly string[];
}

export interface AssessOptions {
  /** Chance of a failure before the replacement that is taken, 0–1. */
  readonly risk: number;
  /** The day of the newest reading when it does not say itself. */
  readonly today: number;
}
