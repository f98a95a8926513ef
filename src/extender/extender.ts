import type { ClusterView, PodView } from '../cluster/view.ts';
import type { Clock } from '../core/clock.ts';
import type { Placement } from '../core/decision.ts';
import type { Logger } from '../core/log.ts';
import type { Outlook } from '../core/outlook.ts';
import type { NodeDisk } from '../storage/node-disks.ts';
import type { ForecastLookup } from '../train/model-cache-view.ts';
import { createAnswers } from './answers.ts';
import { createDiskHealth, type DiskHealthOptions } from './disk-health.ts';
import { ForecastState } from './forecast-state.ts';
import type { TableFrame } from './load-table.ts';
import type { ExtenderOutcome, ExtenderVerb } from './outcomes.ts';
import { boundKey, podKey, RecentScores } from './placements.ts';
import { preemptAnswer, readPreemptCall } from './preemption.ts';
import { outcomeOf, refusedCandidates } from './refuse.ts';
import { type OtherThreads, type ReaderMessage, Threads } from './threads.ts';

export { type ExtenderOutcome, type ExtenderVerb, extenderOutcomes } from './outcomes.ts';

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
  /** Where disks are watched: what pods with volumes are judged by. */
  readonly disks?: Omit<DiskHealthOptions, 'view' | 'clock'> | undefined;
  readonly onPlaced: (decisionId: string, placement: Placement) => void;
  readonly count: (verb: ExtenderVerb, outcome: ExtenderOutcome) => void;
  /** How many threads answer calls together; this one alone when left out. */
  readonly threads?: number;
}

/** JSON in, JSON out. Each verb throws REQUEST_INVALID for a body that is no ExtenderArgs or ExtenderPreemptionArgs; nothing else is ever thrown. */
export interface Extender {
  /** ExtenderArgs → ExtenderFilterResult. */
  filter(body: Buffer): Buffer;
  /** ExtenderArgs → HostPriorityList. */
  prioritize(body: Buffer): Buffer;
  /** ExtenderPreemptionArgs → ExtenderPreemptionResult. */
  preempt(body: Buffer): Buffer;
  /** An answer was sent: its memory may be used again. */
  sent(answer: Buffer): void;
  /** A newer Outlook was published. */
  use(outlook: Outlook): void;
  /** What is known of disks from now on. */
  useDisks(disks: readonly NodeDisk[]): void;
  /** Other threads that answer filter and prioritize from the same tables. */
  readonly others: OtherThreads;
  close(): void;
}

/** The extender of the thread that follows the cluster: the one that writes tables, for itself and for others. */
export function createExtender(options: ExtenderOptions): Extender {
  const { view, clock, logger, count } = options;
  const threads = new Threads({
    onPlaced: options.onPlaced,
    onMessage: (message) => answerReader(message),
  });
  const { threads: threadCount = 1 } = options;
  const state = new ForecastState({
    ...options,
    threads: threadCount,
    publish: (frame: TableFrame) => threads.publish(frame),
  });
  const recent = new RecentScores(options.targetUtilisation, options.threads);
  const disks = options.disks && createDiskHealth({ ...options.disks, view, clock });
  const answers = createAnswers<never>({ ground: state, recent, clock, logger, refuse: options.refuse, disks, count });
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
    threads.askKeys();
  }

  function tellPlacement(pod: PodView): void {
    const bound = boundKey(pod);
    if (bound !== undefined) threads.placed(bound, recent.take(bound));
  }

  /** What a thread that only reads cannot know. */
  function answerReader(message: ReaderMessage): void {
    if (isClosed) return;
    if (message.kind === 'load') message.answer(state.loadFor(message.parts));
    else if (message.kind === 'behind') state.refresh(clock.nowSeconds());
    else {
      const keys = new Set(message.keys);
      for (const pod of view.pods()) if (keys.has(podKey(pod))) tellPlacement(pod);
    }
  }

  function readPreempt(body: Buffer): ReturnType<typeof readPreemptCall> {
    try {
      return readPreemptCall(body);
    } catch (error) {
      count('preempt', 'invalid');
      throw error;
    }
  }

  return {
    filter: (body) => answers.filter(body),
    prioritize: (body) => answers.prioritize(body),
    sent: (answer) => answers.sent(answer),

    preempt(body) {
      const call = readPreempt(body);
      const basis = answers.refusalBasisOf(call.pod);
      if (basis.kind !== 'sound') {
        if (basis.kind === 'unsound') count('preempt', basis.reason);
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

    useDisks(known) {
      disks?.use(known);
      threads.troubled = disks?.isTroubled === true;
    },

    others: threads,

    close() {
      isClosed = true;
      threads.close();
    },
  };
}
