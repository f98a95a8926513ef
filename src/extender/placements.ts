import type { PodView } from '../cluster/view.ts';
import type { Placement } from '../core/decision.ts';
import { decisionIdIn } from '../core/decision-annotation.ts';
import type { NameIndex } from './name-index.ts';
import { highestScore, neutralScore } from './score-range.ts';
import { ScoreRing } from './score-ring.ts';
import type { Scores } from './scores.ts';

/** The scores of one call, kept until its pod is bound. */
interface Scored {
  readonly names: NameIndex;
  readonly atSeconds: number;
  readonly horizonSeconds: number;
  readonly count: number;
  /** In the ring. */
  readonly position: number;
  readonly notes: ReadonlyMap<string, string> | undefined;
}

export interface ScoredCall {
  /** What the indices mean. */
  readonly names: NameIndex;
  readonly atSeconds: number;
  readonly indices: Int32Array;
  readonly scores: Scores;
  readonly horizonSeconds: number;
  readonly count: number;
  /** What else lowered the scores of nodes, by their names. */
  readonly notes?: ReadonlyMap<string, string> | undefined;
}

/** A pod that is on its node, and the decision that it carries. */
export interface BoundKey {
  readonly key: string;
  readonly node: string;
  readonly decisionId: string;
}

/** What is to be said of a placement, and when it was scored. */
export interface Placed {
  readonly decisionId: string;
  readonly placement: Placement;
  readonly atSeconds: number;
}

/** A pod as it is asked for here; undefined when it is on no node, or carries no decision. */
export function boundKey(pod: PodView): BoundKey | undefined {
  const decisionId = decisionIdIn(pod.decision);
  if (pod.node === undefined || decisionId === undefined) return undefined;
  return { key: podKey(pod), node: pod.node, decisionId };
}

/** 36 MB: 419 calls of 5,000 names, 4,194 of the 500 that kube-scheduler sends on a fleet of that size. */
const mostScores = 2 ** 21;

/**
 * Remembers what nodes scored for pods that carry a decision, so that it can be said why a pod is where it is. The newest call for a pod counts; the
 * oldest calls are forgotten first.
 */
export class RecentScores {
  readonly #byPod = new Map<string, Scored>();
  readonly #ring: ScoreRing;
  readonly #target: number;

  /** `threads` share the memory that one alone would take. */
  constructor(targetUtilisation: number, threads = 1) {
    this.#target = targetUtilisation;
    this.#ring = new ScoreRing(Math.floor(mostScores / threads));
  }

  get size(): number {
    return this.#byPod.size;
  }

  remember(pod: PodView, { names, indices, scores, count, horizonSeconds, atSeconds, notes }: ScoredCall): void {
    const key = podKey(pod);
    this.#byPod.delete(key);
    const position = this.#ring.write(indices, scores, count);
    if (position !== undefined) this.#byPod.set(key, { names, horizonSeconds, atSeconds, count, position, notes });
    for (const [oldest, scored] of this.#byPod) {
      if (this.#ring.holds(scored.position)) break;
      this.#byPod.delete(oldest);
    }
  }

  /** The pods of which something is known, by podKey. */
  keys(): readonly string[] {
    return [...this.#byPod.keys()];
  }

  /** What is to be said of a pod that is bound now, once; undefined when nothing is known of it. */
  take(pod: BoundKey): Placed | undefined {
    const scored = this.#byPod.get(pod.key);
    if (scored === undefined) return undefined;
    this.#byPod.delete(pod.key);
    return {
      decisionId: pod.decisionId,
      placement: this.#placement(pod.node, scored),
      atSeconds: scored.atSeconds,
    };
  }

  #placement(node: string, { names, horizonSeconds, count, position, notes }: Scored): Placement {
    const { indices, scores } = this.#ring.read(position, count);
    const wanted = names.indexOf(node);
    const place = wanted < 0 ? -1 : indices.indexOf(wanted);
    const probability = scores.probability[place] ?? Number.NaN;
    if (Number.isNaN(probability)) {
      return { node, score: neutralScore, reason: `nothing is forecast for ${node}: it got the neutral score of 5` };
    }
    const score = scores.score[place] ?? neutralScore;
    const better = scores.score.reduce((sum, other) => sum + (other > score ? 1 : 0), 0);
    const use = (share: number | undefined): string => `${Math.round(100 * (share ?? 0) * this.#target)} %`;
    const reason =
      `over the next ${hours(horizonSeconds)} ${node} is forecast to use ${use(scores.cpu[place])} of its CPU and ` +
      `${use(scores.memory[place])} of its memory with this pod, and to stay within ${use(1)} with a probability of ` +
      `${percentOf(probability)} %: ${score} of ${highestScore}, ${rank(better, scores.score.length)}${noteOf(node, notes)}`;
    return { node, score, reason };
  }
}

function noteOf(node: string, notes: ReadonlyMap<string, string> | undefined): string {
  const note = notes?.get(node);
  return note === undefined ? '' : `; ${note}`;
}

/** What a pod is known by here: its uid. */
export function podKey(pod: PodView): string {
  return pod.uid === '' ? `${pod.namespace}/${pod.name}` : pod.uid;
}

function rank(better: number, scored: number): string {
  const of = `${scored} node${scored === 1 ? '' : 's'} scored`;
  return better === 0 ? `none of ${of} did better` : `${better} of ${of} did better`;
}

function hours(seconds: number): string {
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Number((seconds / 3600).toFixed(1))} h`;
}

function percentOf(probability: number): string {
  // 99.97 must not read as certain.
  return probability === 1 ? '100' : (Math.floor(probability * 1000) / 10).toFixed(1);
}
