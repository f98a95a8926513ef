import type { ClusterView, PodView } from '../cluster/view.ts';
import type { Clock } from '../core/clock.ts';
import type { Placement } from '../core/decision.ts';
import { type Logger, redactedError } from '../core/log.ts';
import type { Outlook } from '../core/outlook.ts';
import type { ForecastLookup } from '../train/model-cache-view.ts';
import { filterAnswer, priorityAnswer } from './answer.ts';
import { filterBytes, priorityBytes } from './answer-bytes.ts';
import { type Call, readCall } from './calls.ts';
import { type Footing, ForecastState } from './forecast-state.ts';
import { readPod } from './incoming-pod.ts';
import { decisionIdOf, RecentScores } from './placements.ts';
import { type PodLoad, podLoad } from './pod-load.ts';
import { preemptAnswer, readPreemptCall } from './preemption.ts';
import { noneRefused, outcomeOf, refusedCandidates, refuseNodes } from './refuse.ts';
import { createPlaces } from './request-bytes.ts';
import { createScores, neutralScore, scoreNodes } from './score.ts';

export interface ExtenderOptions {
  readonly view: ClusterView;
  /** Per container id. */
  readonly forecasts: ForecastLookup;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly maxOutlookAgeSeconds: number;
  /** The share of a node's allocatable that forecast load should stay within, such as 0.8. */
  readonly targetUtilisation: number;
  /** Whether filter and preempt may leave out nodes that would certainly run out of memory. */
  readonly refuse: boolean;
  readonly onPlaced: (decisionId: string, placement: Placement) => void;
  readonly count: (verb: ExtenderVerb, outcome: ExtenderOutcome) => void;
}

export type ExtenderVerb = 'filter' | 'prioritize' | 'preempt';

export const extenderOutcomes = [
  /** Filter and preempt: every node stays. */
  'kept',
  /** Filter and preempt: some nodes were left out. */
  'refused',
  /** Filter and preempt: all nodes would have been left out, so none was. */
  'all-refused',
  'scored',
  'not-synced',
  'outlook-stale',
  'pod-unreadable',
  /** Refusing is switched off. */
  'off',
  /** The body was none of kube-scheduler's. */
  'invalid',
] as const;

export type ExtenderOutcome = (typeof extenderOutcomes)[number];

/** JSON in, JSON out. Each verb throws REQUEST_INVALID for a body that is no ExtenderArgs or ExtenderPreemptionArgs; nothing else is ever thrown. */
export interface Extender {
  /** ExtenderArgs → ExtenderFilterResult. */
  filter(body: Buffer): Buffer;
  /** ExtenderArgs → HostPriorityList. */
  prioritize(body: Buffer): Buffer;
  /** ExtenderPreemptionArgs → ExtenderPreemptionResult. */
  preempt(body: Buffer): Buffer;
  /** A newer Outlook was published. */
  use(outlook: Outlook): void;
  close(): void;
}

/** What a call is judged by, or why it is not. */
type Basis =
  | (Extract<Footing, { kind: 'sound' }> & { readonly pod: PodView; readonly load: PodLoad })
  | { readonly kind: 'unsound'; readonly reason: ExtenderOutcome };

const listWarningSeconds = 600;

export function createExtender(options: ExtenderOptions): Extender {
  const { view, forecasts, clock, logger, count } = options;
  const state = new ForecastState(options);
  const recent = new RecentScores(options.targetUtilisation);
  const places = createPlaces();
  let scores = createScores(places.indices.length);
  let warnedSeconds = Number.NEGATIVE_INFINITY;
  let isClosed = false;

  view.onPodChange((before, after) => {
    if (isClosed) return;
    if (before === undefined && after === undefined) relist();
    else {
      state.change(before, after, clock.nowSeconds());
      if (after !== undefined && before?.node === undefined) tellPlacement(after);
    }
  });
  if (view.synced) state.relist(clock.nowSeconds());

  function relist(): void {
    state.relist(clock.nowSeconds());
    if (recent.size > 0) for (const pod of view.pods()) tellPlacement(pod);
  }

  function tellPlacement(pod: PodView): void {
    const placed = recent.take(pod);
    if (placed !== undefined) options.onPlaced(placed.decisionId, placed.placement);
  }

  function read<T>(verb: ExtenderVerb, reader: () => T): T {
    try {
      return reader();
    } catch (error) {
      count(verb, 'invalid');
      throw error;
    }
  }

  function readNodes(verb: 'filter' | 'prioritize', body: Buffer): Call {
    const call = read(verb, () => readCall(body, state.table, places));
    if (call.kind === 'whole' && call.whole.list !== undefined) warnOfLists(verb);
    return call;
  }

  function warnOfLists(verb: ExtenderVerb): void {
    if (clock.nowSeconds() - warnedSeconds < listWarningSeconds) return;
    warnedSeconds = clock.nowSeconds();
    logger.warn({ verb }, 'kube-scheduler sent whole nodes: set nodeCacheCapable: true in its extender stanza');
  }

  function basisOf(object: unknown): Basis {
    const footing = state.footing(clock.nowSeconds());
    if (footing.kind === 'unsound') return footing;
    try {
      const pod = readPod(object, view.owners);
      if (pod !== undefined) return { ...footing, pod, load: podLoad(pod, forecasts, footing.table.steps) };
    } catch (error) {
      logger.error({ error: redactedError(error) }, 'a pod could not be read; all its nodes are scored alike');
    }
    return { kind: 'unsound', reason: 'pod-unreadable' };
  }

  /** For verbs that refuse: nothing when that is switched off. */
  function refusalBasisOf(object: unknown): Basis {
    return options.refuse ? basisOf(object) : { kind: 'unsound', reason: 'off' };
  }

  return {
    filter(body) {
      const call = readNodes('filter', body);
      const basis = refusalBasisOf(call.pod);
      const refused = basis.kind === 'sound' ? refuseNodes(basis.table, places, basis.load) : noneRefused;
      count('filter', basis.kind === 'sound' ? refused.outcome : basis.reason);
      return call.kind === 'bytes'
        ? filterBytes(call.bytes, refused.places, refused)
        : filterAnswer(call.whole, refused.places, refused);
    },

    prioritize(body) {
      const call = readNodes('prioritize', body);
      if (scores.score.length < places.count) scores = createScores(places.indices.length);
      const basis = basisOf(call.pod);
      if (basis.kind === 'unsound') scores.score.fill(neutralScore, 0, places.count);
      else {
        const { table, pod, load, horizonSeconds } = basis;
        table.learn(places.indices, places.count);
        scoreNodes(table, places.indices, places.count, load, scores);
        if (decisionIdOf(pod) !== undefined) {
          const { indices, count: length } = places;
          recent.remember(pod, { names: table.names, indices, scores, count: length, horizonSeconds });
        }
      }
      count('prioritize', basis.kind === 'sound' ? 'scored' : basis.reason);
      return call.kind === 'bytes'
        ? priorityBytes(call.bytes, scores.score, state.pieces)
        : priorityAnswer(call.whole, scores.score);
    },

    preempt(body) {
      const call = read('preempt', () => readPreemptCall(body));
      const basis = refusalBasisOf(call.pod);
      if (basis.kind === 'unsound') {
        count('preempt', basis.reason);
        return preemptAnswer(call.candidates);
      }
      const refused = refusedCandidates(basis.table, call.candidates, basis.load, (uid) => state.loadOf(uid));
      const outcome = outcomeOf(refused.size, call.candidates.length);
      count('preempt', outcome);
      return preemptAnswer(call.candidates.filter((candidate) => outcome !== 'refused' || !refused.has(candidate)));
    },

    use(outlook) {
      state.use(outlook, clock.nowSeconds());
    },

    close() {
      isClosed = true;
    },
  };
}
