import { receiveMessageOnPort } from 'node:worker_threads';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import { createAnswers } from './answers.ts';
import type { MissingLoad } from './ground.ts';
import { ownedPartsOf } from './incoming-pod.ts';
import type { ExtenderOutcome, ExtenderVerb } from './outcomes.ts';
import { RecentScores } from './placements.ts';
import type { PodLoad } from './pod-load.ts';
import { PublishedState } from './published-state.ts';
import type { FromReader, KnownLoad, ReaderSeat, ToReader } from './reader-messages.ts';

export interface ReaderOptions {
  readonly seat: ReaderSeat;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly maxOutlookAgeSeconds: number;
  readonly targetUtilisation: number;
  readonly refuse: boolean;
  readonly count: (verb: ExtenderVerb, outcome: ExtenderOutcome) => void;
}

/** The extender of a thread that does not follow the cluster. */
export interface ExtenderReader {
  /** As Extender.filter; a promise where the pod's load has to be asked for. */
  filter(body: Buffer): Buffer | Promise<Buffer>;
  prioritize(body: Buffer): Buffer | Promise<Buffer>;
  /** Whether the thread that writes must answer: the pod may have volumes, and a disk is in danger. */
  isForWriter(body: Buffer): boolean;
  /** An answer was sent: its memory may be used again. */
  sent(answer: Buffer): void;
  /** The number of the frame in use; undefined before the first. */
  readonly frameNumber: number | undefined;
}

const mostTries = 3;

// What the pod of a call has where it has volumes that are kept; a text that only says so costs a detour.
const volumeKeys = ['"persistentVolumeClaim"', '"ephemeral"', '"csi"'].map((key) => Buffer.from(key));

/** Answers filter and prioritize from what another thread publishes on the port. */
export function createReader(options: ReaderOptions): ExtenderReader {
  const { seat, clock, logger, refuse, count } = options;
  const { maxOutlookAgeSeconds } = options;
  const onBehind = (): void => tell({ kind: 'behind' });
  const { thread } = seat;
  const state = new PublishedState({ clock, maxOutlookAgeSeconds, thread, catchUp, onBehind });
  const recent = new RecentScores(options.targetUtilisation, seat.threads);
  const answers = createAnswers<MissingLoad>({ ground: state, recent, clock, logger, refuse, count });
  const waiting = new Map<number, (known: KnownLoad | undefined) => void>();
  let ids = 0;
  seat.port.on('message', hear);

  function tell(message: FromReader): void {
    seat.port.postMessage(message);
  }

  /** A frame is in the port before its number is shown. */
  function catchUp(): void {
    if (Atomics.load(seat.newest, 0) === (state.frameNumber ?? 0)) return;
    for (let next = receiveMessageOnPort(seat.port); next !== undefined; next = receiveMessageOnPort(seat.port)) {
      hear(next.message as ToReader);
    }
  }

  function hear(message: ToReader): void {
    if (message.kind === 'frame') state.use(message.frame);
    else if (message.kind === 'placed') tell({ kind: 'placed', id: message.id, placed: recent.take(message.bound) });
    else if (message.kind === 'keys') tell({ kind: 'keys', keys: recent.keys() });
    else {
      waiting.get(message.id)?.(message.known);
      waiting.delete(message.id);
    }
  }

  /** What a pod will use, from the thread that knows; undefined when it has no Outlook. */
  function ask({ missing }: MissingLoad): Promise<PodLoad | undefined> {
    const parts = ownedPartsOf(missing.object, missing.pod);
    ids += 1;
    const id = ids;
    return new Promise((resolve) => {
      waiting.set(id, (known) => {
        if (known !== undefined) state.keepLoad(parts, known);
        resolve(known?.load);
      });
      tell({ kind: 'load', id, parts });
    });
  }

  async function after(verb: 'filter' | 'prioritize', body: Buffer, first: MissingLoad): Promise<Buffer> {
    for (let missing = first, tries = 1; ; tries += 1) {
      const load = await ask(missing);
      // A load of another number of steps is one of another Outlook than the table's: that may happen once.
      state.told = tries < mostTries ? (load ?? 'unknown') : 'unknown';
      try {
        const answer = answers[verb](body);
        if (Buffer.isBuffer(answer)) return answer;
        missing = answer;
      } finally {
        state.told = undefined;
      }
    }
  }

  function answer(verb: 'filter' | 'prioritize', body: Buffer): Buffer | Promise<Buffer> {
    const made = answers[verb](body);
    return Buffer.isBuffer(made) ? made : after(verb, body, made);
  }

  return {
    filter: (body) => answer('filter', body),
    prioritize: (body) => answer('prioritize', body),
    isForWriter: (body) => Atomics.load(seat.newest, 1) === 1 && volumeKeys.some((key) => body.includes(key)),
    sent: (sent) => answers.sent(sent),
    get frameNumber() {
      return state.frameNumber;
    },
  };
}
