import type { Clock } from '../core/clock.ts';
import type { UnchangedReason } from '../core/decision.ts';
import type { Logger } from '../core/log.ts';
import { redactedError } from '../core/log.ts';
import { decide, decisionIdAt, type Outcome, type World } from './decide.ts';
import { patchOf } from './patch.ts';
import { readPod } from './pod.ts';
import type { QuotaLedger } from './quota.ts';
import type { DecisionRecorder } from './recorder.ts';
import { answerReview, type ReviewAnswer, type ReviewRequest, readReview } from './review.ts';

export interface PodAdmission {
  readonly world: () => Omit<World, 'quotas'>;
  readonly ledger: QuotaLedger;
  readonly recorder: DecisionRecorder;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly count: (outcome: 'enforced' | 'observed' | 'unchanged', reason: UnchangedReason | '') => void;
}

/**
 * `POST /admission/pods`: AdmissionReview in, AdmissionReview out. Always allows; whatever goes wrong while deciding means "unchanged" with
 * a warning. Throws REQUEST_INVALID only when there is no uid to answer to.
 */
export function admitPod(body: Buffer, admission: PodAdmission): Buffer {
  const request = readReview(body);
  try {
    return answerReview(request.uid, answerTo(request, admission));
  } catch (error) {
    admission.logger.error(
      { error: redactedError(error), uid: request.uid },
      'deciding failed; the pod goes through unchanged',
    );
    admission.count('unchanged', 'unreadable');
    return answerReview(request.uid, { allowed: true, warnings: ['the pod could not be read; unchanged'], patch: [] });
  }
}

function answerTo(request: ReviewRequest, admission: PodAdmission): ReviewAnswer {
  if (request.kind !== 'Pod' || request.operation !== 'CREATE') return { allowed: true, warnings: [], patch: [] };
  const pod = readPod(request.object, request.namespace);
  if (pod === undefined) {
    admission.count('unchanged', 'unreadable');
    return { allowed: true, warnings: ['the object is not a pod that can be read; unchanged'], patch: [] };
  }
  const nowSeconds = admission.clock.nowSeconds();
  const world: World = { ...admission.world(), quotas: admission.ledger };
  const outcome = decide(pod, world, { nowSeconds, id: decisionIdAt(nowSeconds, admission.random) });
  if (outcome.kind === 'unchanged') {
    admission.count('unchanged', outcome.reason);
    return { allowed: true, warnings: outcome.warnings, patch: [] };
  }
  const patch = patchOf(pod, outcome.sized, outcome.annotation);
  if (!request.dryRun) keep(outcome, world, pod.namespace, admission);
  return { allowed: true, warnings: outcome.decision.warnings, patch };
}

/** What stays of a decision; nothing of a dry run. */
function keep(
  outcome: Extract<Outcome, { kind: 'decided' }>,
  world: World,
  namespace: string,
  admission: PodAdmission,
): void {
  admission.recorder.record(outcome.decision);
  if (outcome.decision.mode === 'enforce')
    admission.ledger.reserve(namespace, world.view.quotas(namespace), outcome.sized);
  admission.count(outcome.decision.mode === 'enforce' ? 'enforced' : 'observed', '');
}
