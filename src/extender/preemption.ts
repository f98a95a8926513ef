import { type Fields, fieldsOf, itemsOf } from '../cluster/fields.ts';
import { BarographError } from '../core/errors.ts';
import { fieldOf, parseObject } from './request.ts';

/** Victims of one node, as sent: their uids, and what the answer says of them. */
export interface Victims {
  readonly node: string;
  readonly uids: readonly string[];
  /** MetaVictims of k8s.io/kube-scheduler/extender/v1. */
  readonly answer: unknown;
}

export interface PreemptCall {
  readonly pod: unknown;
  readonly candidates: readonly Victims[];
}

/** Reads an ExtenderPreemptionArgs, with uids only (nodeCacheCapable) or whole pods. Throws REQUEST_INVALID. */
export function readPreemptCall(body: Buffer): PreemptCall {
  const args = parseObject(body, 'ExtenderPreemptionArgs');
  const pod = fieldOf(args, 'Pod');
  const meta = fieldOf(args, 'NodeNameToMetaVictims') ?? null;
  const map = meta ?? fieldOf(args, 'NodeNameToVictims') ?? null;
  if (typeof map !== 'object' || map === null || Array.isArray(map)) {
    const expected = 'expected NodeNameToMetaVictims or NodeNameToVictims to be an object';
    throw new BarographError('REQUEST_INVALID', `ExtenderPreemptionArgs: ${expected}`);
  }
  const candidates = Object.entries(map).map(([node, victims]) => readVictims(node, fieldsOf(victims)));
  return { pod, candidates };
}

function readVictims(node: string, victims: Fields): Victims {
  const uids = itemsOf(fieldOf(victims, 'Pods')).map(uidOf);
  const violations = fieldOf(victims, 'NumPDBViolations');
  const answer = {
    Pods: uids.map((uid) => ({ UID: uid })),
    NumPDBViolations: typeof violations === 'number' ? violations : 0,
  };
  return { node, uids, answer };
}

/** Of a MetaPod, or of a whole Pod. */
function uidOf(pod: unknown): string {
  const uid = fieldOf(fieldsOf(pod), 'UID') ?? fieldsOf(fieldsOf(pod).metadata).uid;
  return typeof uid === 'string' ? uid : '';
}

/** The ExtenderPreemptionResult: the candidates that stay, with the victims that the scheduler chose. */
export function preemptAnswer(kept: readonly Victims[]): Buffer {
  const map = Object.fromEntries(kept.map(({ node, answer }) => [node, answer]));
  return Buffer.from(JSON.stringify({ NodeNameToMetaVictims: map }));
}
