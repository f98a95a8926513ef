import type { StoragePlan } from './storage-plan.ts';

export interface PlanOptions {
  readonly nowSeconds: number;
  /** What is known of a cluster or a disk is not planned by when it is older than this. */
  readonly maxAgeSeconds: number;
  readonly diskMaxAgeSeconds: number;
  /** The chance of a failure within 14 days from which a disk is to be replaced. */
  readonly threshold: number;
  /** From the decision to buy until disks hold data. */
  readonly leadDays: number;
  /** How long what is added must last. */
  readonly lastsDays: number;
  /** How OSDs are taken out of use. */
  readonly retireBy: 'osd-out' | 'osd-crush-reweight';
  /** The plans of the last look, by id: what changed little stays as it was. */
  readonly previous?: ReadonlyMap<string, StoragePlan> | undefined;
}

/** A plan that was made stays until what it was made for is this much better, so that it does not come and go. */
export const stickyShare = 0.5;
