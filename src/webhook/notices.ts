import type { UnchangedReason } from '../core/decision.ts';
import { controllerOf } from '../core/workload.ts';
import type { Outcome } from './decide.ts';
import type { PodNotice } from './events.ts';
import type { AdmittedPod } from './pod.ts';

// What lies in the pod itself. What lies in the state of Barograph (no forecast yet, a stale Outlook) is in its metrics.
const reasons: Partial<Record<UnchangedReason, string>> = {
  unreadable: 'ObjectiveUnreadable',
  'pod-level-resources': 'PodNotSized',
  'pod-not-supported': 'PodNotSized',
};

/** What the owner of a pod must see of an outcome: warnings of admission only reach whoever creates the pod, mostly a controller. */
export function noticesOf(pod: AdmittedPod, outcome: Outcome): PodNotice[] {
  const isDecided = outcome.kind === 'decided';
  const workload = isDecided ? outcome.decision.workload : outcome.workload;
  const reason = isDecided ? 'ObjectiveCapped' : reasons[outcome.reason];
  if (!workload || reason === undefined) return [];
  const owner = pod.owners.find((one) => one === controllerOf(pod.owners));
  const warnings = isDecided ? outcome.decision.warnings : outcome.warnings;
  return warnings.map((warning) => ({ workload, owner, reason, message: firstLine(warning) }));
}

/** The lines after it point at a character, for terminals. */
function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}
