import type { Mode } from '../core/decision.ts';
import type { AdmittedPod } from './pod.ts';

/** A scheduler that asks the extender, beside the cluster's own. */
export interface SecondScheduler {
  readonly name: string;
  /** Whether it is seen to renew its Lease: a pod with the name of a scheduler that is away waits for ever. */
  readonly isFresh: boolean;
}

const defaultScheduler = 'default-scheduler';

/** The scheduler that a pod is given, undefined when it keeps its own: only in enforce mode, only from the default one, only while the other lives. */
export function schedulerFor(pod: AdmittedPod, mode: Mode, scheduler: SecondScheduler | undefined): string | undefined {
  if (scheduler === undefined || mode !== 'enforce' || !scheduler.isFresh) return undefined;
  // The API server fills in the default before webhooks are called; a pod that is bound already is scheduled by nobody.
  const isDefault = pod.schedulerName === undefined || pod.schedulerName === defaultScheduler;
  return isDefault && !pod.isBound ? scheduler.name : undefined;
}
