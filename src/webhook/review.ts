import { BarographError } from '../core/errors.ts';
import type { PatchOperation } from './patch.ts';
import { isObject } from './pod.ts';

/** What is used of an AdmissionReview (admission.k8s.io/v1). */
export interface ReviewRequest {
  readonly uid: string;
  readonly namespace: string;
  readonly operation: string;
  readonly kind: string;
  readonly dryRun: boolean;
  readonly object: unknown;
}

export interface ReviewAnswer {
  readonly allowed: boolean;
  readonly message?: string;
  readonly warnings: readonly string[];
  readonly patch: readonly PatchOperation[];
}

/** Reads a review's body. Throws REQUEST_INVALID when there is not even a uid to answer to. */
export function readReview(body: Buffer): ReviewRequest {
  const review = parse(body);
  const request = isObject(review) && isObject(review.request) ? review.request : undefined;
  if (request === undefined || typeof request.uid !== 'string' || request.uid === '') {
    throw new BarographError('REQUEST_INVALID', 'expected an AdmissionReview with request.uid');
  }
  if (isObject(review) && review.apiVersion !== 'admission.k8s.io/v1') {
    throw new BarographError(
      'REQUEST_INVALID',
      `expected apiVersion admission.k8s.io/v1, received ${JSON.stringify(review.apiVersion)}`,
    );
  }
  const kind = isObject(request.kind) && typeof request.kind.kind === 'string' ? request.kind.kind : '';
  return {
    uid: request.uid,
    namespace: typeof request.namespace === 'string' ? request.namespace : '',
    operation: typeof request.operation === 'string' ? request.operation : '',
    kind,
    dryRun: request.dryRun === true,
    object: request.object,
  };
}

/** Kubernetes wants warnings of at most 120 characters on one line, and shows 4096 of all; longer ones are cut. */
const longestWarning = 120;
const mostWarnings = 12;

/** The answer as an AdmissionReview. The patch is there only when it has operations. */
export function answerReview(uid: string, answer: ReviewAnswer): Buffer {
  const response: Record<string, unknown> = { uid, allowed: answer.allowed };
  if (answer.message !== undefined) response.status = { code: 403, message: answer.message };
  if (answer.warnings.length > 0) response.warnings = answer.warnings.slice(0, mostWarnings).map(shorten);
  if (answer.patch.length > 0) {
    response.patchType = 'JSONPatch';
    response.patch = Buffer.from(JSON.stringify(answer.patch)).toString('base64');
  }
  return Buffer.from(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response }));
}

function shorten(warning: string): string {
  // The first line says what is wrong; those after it point at the character, which one line cannot.
  const text = (warning.split('\n', 1)[0] ?? '').replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').toWellFormed();
  const characters = [...`barograph: ${text}`];
  return characters.length <= longestWarning
    ? characters.join('')
    : `${characters.slice(0, longestWarning - 1).join('')}…`;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new BarographError('REQUEST_INVALID', 'expected JSON', { cause });
  }
}
