import { type Clock, monotonicMilliseconds } from '../core/clock.ts';
import type { UnchangedReason } from '../core/decision.ts';
import { type Logger, redactedError } from '../core/log.ts';
import { type Decided, decide, type Outcome } from './decide.ts';
import { decisionIdAt } from './decision-id.ts';
import type { Events } from './events.ts';
import { noticesOf } from './notices.ts';
import { patchOf } from './patch.ts';
import { type AdmittedPod, readPod } from './pod.ts';
import type { QuotaLedger } from './quota-ledger.ts';
import { quotasOn } from './quota-scopes.ts';
import type { DecisionRecorder } from './recorder.ts';
import { answerReview, type ReviewAnswer, type ReviewRequest, readReview } from './review.ts';
import type { World } from './world.ts';

export interface PodAdmission {
  readonly world: () => Omit<World, 'quotas' | 'recent'>;
  readonly ledger: QuotaLedger;
  readonly recorder: DecisionRecorder;
  readonly events: Events;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly count: (outcome: 'enforced' | 'observed' | 'unchanged', reason: UnchangedReason | '') => void;
}

// What an answer needs to get back. A decision that comes too late must not be kept: the API server went on without it.
const nearMilliseconds = 50;

/**
 * `POST /admission/pods`: AdmissionReview in, AdmissionReview out. Always allows; whatever goes wrong while deciding means "unchanged" with
 * a warning, as does a deadline (monotonicMilliseconds) that is near. Throws REQUEST_INVALID only when there is no uid to answer to.
 */
export function admitPod(body: Buffer, admission: PodAdmission, deadlineMilliseconds?: number): Buffer {
  const request = readable(body, admission);
  if (deadlineMilliseconds !== undefined && monotonicMilliseconds() > deadlineMilliseconds - nearMilliseconds) {
    if (!request.dryRun) admission.count('unchanged', 'deadline-near');
    return answerReview(request.uid, untouched('the deadline was near; unchanged'));
  }
  try {
    return answerReview(request.uid, answerTo(request, admission));
  } catch (error) {
    const fields = { error: redactedError(error), uid: request.uid };
    admission.logger.error(fields, 'deciding failed; the pod goes through unchanged');
    if (!request.dryRun) admission.count('unchanged', 'unreadable');
    return answerReview(request.uid, untouched('the pod could not be read; unchanged'));
  }
}

function readable(body: Buffer, admission: PodAdmission): ReviewRequest {
  try {
    return readReview(body);
  } catch (error) {
    admission.count('unchanged', 'unreadable');
    throw error;
  }
}

function answerTo(request: ReviewRequest, admission: PodAdmission): ReviewAnswer {
  // Other operations, those on ephemeral containers among them, cannot change what a pod asks for.
  if (request.kind !== 'Pod' || request.operation !== 'CREATE') return untouched();
  const pod = readPod(request.object, request.namespace);
  if (pod === undefined) {
    if (!request.dryRun) admission.count('unchanged', 'unreadable');
    return untouched('the object is not a pod that can be read; unchanged');
  }
  const { ledger, recorder, clock, random } = admission;
  const world: World = { ...admission.world(), quotas: ledger, recent: (id) => recorder.recent(id) };
  const nowSeconds = clock.nowSeconds();
  const outcome = decide(pod, world, { nowSeconds, id: decisionIdAt(nowSeconds, random) });
  // Before anything is kept: what cannot be patched was not decided.
  const answer = answerOf(pod, outcome);
  if (!request.dryRun) keep(pod, outcome, world, admission);
  return answer;
}

function answerOf(pod: AdmittedPod, outcome: Outcome): ReviewAnswer {
  if (outcome.kind === 'unchanged') return { ...untouched(), warnings: outcome.warnings };
  const patch = patchOf(pod, outcome);
  return { allowed: true, warnings: outcome.decision.warnings, patch };
}

/** What stays of a decision; nothing of a dry run. */
function keep(pod: AdmittedPod, outcome: Outcome, world: World, admission: PodAdmission): void {
  for (const notice of noticesOf(pod, outcome)) admission.events.emit(notice);
  if (outcome.kind === 'unchanged') {
    admission.count('unchanged', outcome.reason);
    return;
  }
  const { decision, takings } = outcome;
  admission.recorder.record(decision);
  const quotas = quotasOn(pod, world.view.quotas(pod.namespace));
  admission.ledger.reserve(decision.id, pod.namespace, quotas, takings);
  countDecided(outcome, admission);
}

function countDecided({ decision, unchangedBy }: Decided, admission: PodAdmission): void {
  if (unchangedBy !== undefined) admission.count('unchanged', unchangedBy);
  else admission.count(decision.mode === 'enforce' ? 'enforced' : 'observed', '');
}

function untouched(...warnings: readonly string[]): ReviewAnswer {
  return { allowed: true, warnings, patch: [] };
}
