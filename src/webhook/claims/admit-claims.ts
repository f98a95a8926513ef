import type { Clock } from '../../core/clock.ts';
import { decisionAnnotation } from '../../core/decision-annotation.ts';
import { BarographError } from '../../core/errors.ts';
import { type Logger, redactedError } from '../../core/log.ts';
import type { RecentPlacements } from '../../storage/recent-placements.ts';
import { decisionIdAt } from '../decision-id.ts';
import type { Events } from '../events.ts';
import { escapePointer, type PatchOperation } from '../patch.ts';
import type { DecisionRecorder } from '../recorder.ts';
import { answerReview, type ReviewAnswer, type ReviewRequest, readReview } from '../review.ts';
import { type AdmittedClaim, olderClassAnnotation, readClaim } from './claim.ts';
import type { ClaimOutcome, ClaimReason } from './claim-outcomes.ts';
import { type ClaimDecided, type ClaimWorld, decideClaim } from './decide-claim.ts';

export interface ClaimAdmission {
  readonly world: () => Omit<ClaimWorld, 'random' | 'promised' | 'inFlight'>;
  /** What pools and classes were promised of late, and what quotas were a moment ago. */
  readonly placements: RecentPlacements;
  readonly inFlight: RecentPlacements;
  readonly recorder: Pick<DecisionRecorder, 'record'>;
  readonly events: Pick<Events, 'emit'>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly count: (outcome: ClaimOutcome, reason: ClaimReason | '') => void;
}

/**
 * `POST /admission/claims`: AdmissionReview in, AdmissionReview out. Always allows; whatever goes wrong while deciding means that the claim keeps its class, with a
 * warning. Throws REQUEST_INVALID only when there is no uid to answer to.
 */
export function admitClaim(body: Buffer, admission: ClaimAdmission): Buffer {
  const request = readReview(body);
  try {
    return answerReview(request.uid, answerTo(request, admission));
  } catch (error) {
    admission.logger.error(
      { error: redactedError(error), uid: request.uid },
      'deciding failed; the claim keeps its class',
    );
    if (!request.dryRun) admission.count('unchanged', 'unreadable');
    return answerReview(request.uid, untouched('the claim could not be read; unchanged'));
  }
}

function answerTo(request: ReviewRequest, admission: ClaimAdmission): ReviewAnswer {
  if (request.kind !== 'PersistentVolumeClaim' || request.operation !== 'CREATE') return untouched();
  const claim = readable(request);
  if (claim === undefined || claim instanceof BarographError) {
    if (!request.dryRun) admission.count('unchanged', 'unreadable');
    return untouched(claim?.message ?? 'the object is not a claim that can be read; unchanged');
  }
  const { clock, random, placements, inFlight } = admission;
  const nowSeconds = clock.nowSeconds();
  const world: ClaimWorld = {
    ...admission.world(),
    random,
    promised: (key) => placements.promised(key, nowSeconds),
    inFlight: (namespace, storageClass) => inFlight.promised(quotaKey(namespace, storageClass), nowSeconds),
  };
  const outcome = decideClaim(claim, world, { nowSeconds, id: decisionIdAt(nowSeconds, random) });
  const answer = answerOf(claim, outcome);
  if (!request.dryRun) keep(claim, outcome, admission, nowSeconds);
  return answer;
}

function readable({ object, namespace }: ReviewRequest): AdmittedClaim | BarographError | undefined {
  try {
    return readClaim(object, namespace);
  } catch (error) {
    if (error instanceof BarographError) return error;
    throw error;
  }
}

function answerOf(claim: AdmittedClaim, outcome: ClaimDecided): ReviewAnswer {
  if (outcome.kind === 'unchanged') return untouched(...outcome.warnings);
  const { annotation, storageClass, decision } = outcome;
  return { allowed: true, warnings: decision.warnings, patch: patchOf(claim, annotation, storageClass) };
}

/** The class, where it changes, and the decision annotation; `add` replaces what is there. */
function patchOf(claim: AdmittedClaim, annotation: string, storageClass: string | undefined): PatchOperation[] {
  const operations: PatchOperation[] = [];
  const add = (path: string, value: unknown): void => void operations.push({ op: 'add', path, value });
  if (!claim.hasAnnotations) add('/metadata/annotations', {});
  add(`/metadata/annotations/${escapePointer(decisionAnnotation)}`, annotation);
  if (storageClass === undefined) return operations;
  const isOlder = claim.annotations[olderClassAnnotation] !== undefined;
  add(
    isOlder ? `/metadata/annotations/${escapePointer(olderClassAnnotation)}` : '/spec/storageClassName',
    storageClass,
  );
  return operations;
}

/** What stays of a decision; nothing of a dry run. */
function keep(claim: AdmittedClaim, outcome: ClaimDecided, admission: ClaimAdmission, nowSeconds: number): void {
  emit(claim, outcome, admission);
  if (outcome.kind === 'unchanged') {
    if (outcome.reason !== 'not-asked') admission.count('unchanged', outcome.reason);
    return;
  }
  const { decision, chosen, unchangedBy } = outcome;
  admission.recorder.record(decision);
  const isEnforced = decision.mode === 'enforce';
  if (chosen !== undefined && isEnforced) {
    admission.placements.place(decision.id, chosen.key, claim.bytes, nowSeconds);
    for (const storageClass of [undefined, chosen.name]) {
      const key = quotaKey(claim.namespace, storageClass);
      admission.inFlight.place(`${decision.id} ${key}`, key, claim.bytes, nowSeconds);
    }
  }
  if (unchangedBy !== undefined) admission.count('unchanged', unchangedBy);
  else admission.count(isEnforced ? 'enforced' : 'observed', '');
}

/** Of one class, or of all: no class has an empty name. */
function quotaKey(namespace: string, storageClass: string | undefined): string {
  return `${namespace}/${storageClass ?? ''}`;
}

/** What whoever made the claim must see: warnings of admission only reach a controller where one makes it. */
function emit(claim: AdmittedClaim, outcome: ClaimDecided, { events }: ClaimAdmission): void {
  const { name, namespace } = claim;
  const warnings = outcome.kind === 'unchanged' ? outcome.warnings : outcome.decision.warnings;
  if (name === undefined || (outcome.kind === 'unchanged' && outcome.reason === 'not-synced')) return;
  const reason = outcome.kind === 'decided' ? 'NoStorageClassFits' : 'StorageClassKept';
  const workload = { namespace, kind: 'PersistentVolumeClaim', name };
  for (const message of warnings) events.emit({ workload, owner: undefined, reason, message });
}

function untouched(...warnings: readonly string[]): ReviewAnswer {
  return { allowed: true, warnings, patch: [] };
}
