import type { PodView } from '../cluster/view.ts';
import type { Clock } from '../core/clock.ts';
import { decisionIdIn } from '../core/decision-annotation.ts';
import { type Logger, redactedError } from '../core/log.ts';
import { filterAnswer, priorityAnswer } from './answer.ts';
import { AnswerBuffers } from './answer-buffers.ts';
import { echoBytes, filterBytes, kernelBytes, priorityBytes } from './answer-bytes.ts';
import { type Call, readCall } from './calls.ts';
import type { DiskHealth, DiskVerdicts } from './disk-health.ts';
import { lowerScores, withDiskRefusals } from './disk-health-answer.ts';
import type { Footing, Ground, MissingLoad } from './ground.ts';
import { createPlaces } from './name-places.ts';
import type { ExtenderOutcome, ExtenderVerb } from './outcomes.ts';
import type { RecentScores } from './placements.ts';
import type { PodLoad } from './pod-load.ts';
import { noneRefused, type Refused, refuseNodes, refusesNone } from './refuse.ts';
import { type BytesCall, readEnvelope } from './request-bytes.ts';
import { scoreNodes } from './score.ts';
import { neutralScore } from './score-range.ts';
import { createScores, type Scores } from './scores.ts';

export interface AnswersOptions<Missing extends MissingLoad> {
  readonly ground: Ground<Missing>;
  readonly recent: RecentScores;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly refuse: boolean;
  /** Where disks are watched. */
  readonly disks?: DiskHealth | undefined;
  readonly count: (verb: ExtenderVerb, outcome: ExtenderOutcome) => void;
}

/** The verbs that name nodes. A load that is `Missing` is found somewhere else, and the call is made again. */
export interface Answers<Missing extends MissingLoad> {
  filter(body: Buffer): Buffer | Missing;
  prioritize(body: Buffer): Buffer | Missing;
  /** What a pod is judged by; for verbs that read their calls themselves. */
  basisOf(object: unknown): Basis<Missing>;
  refusalBasisOf(object: unknown): Basis<Missing>;
  /** An answer was sent: its memory may be used again. */
  sent(answer: Buffer): void;
}

/** What a call is judged by, or why it is not. */
export type Basis<Missing extends MissingLoad> =
  | SoundBasis
  | Unsound
  | { readonly kind: 'waiting'; readonly for: Missing };

type SoundBasis = Extract<Footing, { kind: 'sound' }> & { readonly pod: PodView; readonly load: PodLoad };

interface Unsound {
  readonly kind: 'unsound';
  readonly reason: ExtenderOutcome;
}

const listWarningSeconds = 600;

export function createAnswers<Missing extends MissingLoad>(options: AnswersOptions<Missing>): Answers<Missing> {
  const { ground, recent, clock, logger, count } = options;
  const ownPlaces = createPlaces();
  const buffers = new AnswerBuffers();
  let ownScores = createScores(ownPlaces.indices.length);
  let warnedSeconds = Number.NEGATIVE_INFINITY;

  function readNodes(verb: ExtenderVerb, body: Buffer): Call {
    try {
      const call = readCall(body, ground.index, ownPlaces, ground.kernel);
      if (call.kind === 'whole' && call.whole.list !== undefined) warnOfLists(verb);
      return call;
    } catch (error) {
      count(verb, 'invalid');
      throw error;
    }
  }

  function warnOfLists(verb: ExtenderVerb): void {
    if (clock.nowSeconds() - warnedSeconds < listWarningSeconds) return;
    warnedSeconds = clock.nowSeconds();
    logger.warn({ verb }, 'kube-scheduler sent whole nodes: set nodeCacheCapable: true in its extender stanza');
  }

  function basisOf(object: unknown): Basis<Missing> {
    const footing = ground.footing(clock.nowSeconds());
    if (footing.kind === 'unsound') return footing;
    try {
      const pod = ground.read(object);
      if (pod !== undefined) {
        const load = ground.load({ object, pod }, footing.table.steps);
        return 'missing' in load ? { kind: 'waiting', for: load } : { ...footing, pod, load };
      }
    } catch (error) {
      logger.error({ error: redactedError(error) }, 'a pod could not be read; all its nodes are scored alike');
    }
    return { kind: 'unsound', reason: 'pod-unreadable' };
  }

  /** For verbs that refuse: nothing when that is switched off. */
  function refusalBasisOf(object: unknown): Basis<Missing> {
    return options.refuse ? basisOf(object) : { kind: 'unsound', reason: 'off' };
  }

  function scoresFor({ places }: Call): Scores {
    if (ground.kernel?.places === places) return ground.kernel.scores;
    if (ownScores.score.length < places.count) ownScores = createScores(places.indices.length);
    return ownScores;
  }

  function score(basis: SoundBasis, call: Call, scores: Scores, verdicts: DiskVerdicts | undefined): void {
    const { table, pod, load, horizonSeconds } = basis;
    const { places } = call;
    ground.learn(places.indices, places.count);
    if (table.kernel?.places === places) table.kernel.scoreNodes(table, load);
    else scoreNodes(table, places.indices, places.count, load, scores);
    const notes = verdicts && lowerScores(verdicts, call, scores.score);
    if (decisionIdIn(pod.decision) === undefined) return;
    const { indices, count: length } = places;
    const atSeconds = clock.nowSeconds();
    recent.remember(pod, { names: table.index, indices, scores, count: length, horizonSeconds, atSeconds, notes });
  }

  /** An answer that needs no look at the names, where the pod fits every node that there is; undefined when the names have to be read. */
  function filterUnread(body: Buffer): Buffer | Missing | undefined {
    const envelope = readEnvelope(body);
    if (envelope === undefined || refusingDisks(envelope.pod) !== undefined) return undefined;
    const basis = refusalBasisOf(envelope.pod);
    if (basis.kind === 'waiting') return basis.for;
    if (basis.kind === 'sound' && !refusesNone(basis.table, basis.load)) return undefined;
    count('filter', basis.kind === 'sound' ? 'kept' : basis.reason);
    return echoBytes(envelope, buffers);
  }

  function filterRead(body: Buffer): Buffer | Missing {
    const call = readNodes('filter', body);
    const basis = refusalBasisOf(call.pod);
    if (basis.kind === 'waiting') return basis.for;
    const forMemory = basis.kind === 'sound' ? refusedOf(basis, call) : noneRefused;
    const verdicts = refusingDisks(call.pod);
    const refused = verdicts === undefined ? forMemory : withDiskRefusals(forMemory, verdicts, call);
    count('filter', basis.kind === 'sound' || refused !== forMemory ? refused.outcome : basis.reason);
    return call.kind === 'bytes'
      ? filterBytes(call.bytes, refused.places, refused, buffers)
      : filterAnswer(call.whole, refused.places, refused);
  }

  function refusingDisks(pod: unknown): DiskVerdicts | undefined {
    return options.disks?.refuse === true ? options.disks.judge(pod) : undefined;
  }

  function refusedOf({ table, load }: SoundBasis, { places }: Call): Refused {
    ground.learn(places.indices, places.count);
    return refuseNodes(table, places, load);
  }

  function scoresAsBytes(call: BytesCall, scores: Scores): Buffer {
    const byKernel = ground.kernel && kernelBytes(call, ground.kernel, buffers);
    return byKernel ?? priorityBytes(call, scores.score, ground.pieces, buffers);
  }

  return {
    sent: (answer) => buffers.giveBack(answer),
    basisOf,
    refusalBasisOf,

    filter(body) {
      ground.catchUp();
      return filterUnread(body) ?? filterRead(body);
    },

    prioritize(body) {
      ground.catchUp();
      const call = readNodes('prioritize', body);
      const basis = basisOf(call.pod);
      if (basis.kind === 'waiting') return basis.for;
      const scores = scoresFor(call);
      const verdicts = options.disks?.judge(call.pod);
      if (basis.kind === 'sound') score(basis, call, scores, verdicts);
      else {
        scores.score.fill(neutralScore, 0, call.places.count);
        if (verdicts !== undefined) lowerScores(verdicts, call, scores.score);
      }
      count('prioritize', basis.kind === 'sound' ? 'scored' : basis.reason);
      return call.kind === 'bytes' ? scoresAsBytes(call.bytes, scores) : priorityAnswer(call.whole, scores.score);
    },
  };
}
