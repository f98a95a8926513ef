import type { Decision, Placement } from '../core/decision.ts';
import { describeError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { DecisionRecorder } from '../webhook/recorder.ts';
import { noPeers, type Peers } from './peers.ts';

export interface ReplicaDecisions {
  readonly recorder: Pick<DecisionRecorder, 'record' | 'place' | 'find' | 'recent'>;
  readonly peers: Peers;
  readonly logger: Logger;
}

/**
 * Keeps where the pod of a decision went. kube-scheduler may call another replica than the API server did: then the decision is fetched from there and
 * kept here as well, with its placement. Whoever shows it asks both.
 */
export async function keepPlacement(id: string, placement: Placement, parts: ReplicaDecisions): Promise<void> {
  const { recorder, peers, logger } = parts;
  // Without others, and for what was decided here a moment ago, nothing is looked up.
  if (peers === noPeers || recorder.recent(id) !== undefined) return recorder.place(id, placement);
  try {
    const elsewhere = (await recorder.find(id)) === undefined ? await peers.decision(id) : undefined;
    if (elsewhere !== undefined) {
      recorder.record({ ...elsewhere, placement });
      return;
    }
  } catch (error) {
    logger.debug({ id, error }, `a decision was not found at once: ${describeError(error)}`);
  }
  // It may come a little later.
  recorder.place(id, placement);
}

/** A decision as it is known here, with its placement if another replica knows it; undefined when none has it. */
export async function findDecision(
  id: string,
  { recorder, peers }: { readonly recorder: Pick<DecisionRecorder, 'find'>; readonly peers: Peers },
): Promise<Decision | undefined> {
  const own = await recorder.find(id);
  if (own !== undefined && own.placement !== null) return own;
  const other = await peers.decision(id);
  return other === undefined || own === undefined ? (own ?? other) : better(own, other);
}

/** The newest of several replicas, each once. */
export function mergeDecisions(all: readonly Decision[], limit: number): Decision[] {
  const byId = new Map<string, Decision>();
  for (const one of all) {
    const known = byId.get(one.id);
    byId.set(one.id, known === undefined ? one : better(known, one));
  }
  return [...byId.values()].sort((one, other) => (one.time < other.time ? 1 : -1)).slice(0, limit);
}

/** Of two accounts of the same decision, the one that says where the pod went. */
function better(one: Decision, other: Decision): Decision {
  return one.placement === null ? other : one;
}
