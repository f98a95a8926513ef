import type { PodView } from '../cluster/view.ts';
import type { Placement } from '../core/decision.ts';
import { highestScore, neutralScore, type Scores } from './score.ts';

/** The scores of one call, kept until its pod is bound. */
interface Scored {
  readonly names: readonly string[];
  readonly indices: Int32Array;
  readonly scores: Scores;
  readonly horizonSeconds: number;
}

export interface ScoredCall extends Scored {
  readonly count: number;
}

const mostBytes = 64 * 2 ** 20;
const bytesPerNode = 4 + 1 + 3 * 4;

/**
 * Remembers what nodes scored for pods that carry a decision, so that it can be said why a pod is where it is. The newest call for a pod counts; the
 * oldest pods are forgotten first when all scores together exceed 64 MiB (750 calls of 5,000 names).
 */
export class RecentScores {
  readonly #byPod = new Map<string, Scored>();
  readonly #target: number;
  #bytes = 0;

  constructor(targetUtilisation: number) {
    this.#target = targetUtilisation;
  }

  get size(): number {
    return this.#byPod.size;
  }

  remember(pod: PodView, { names, indices, scores, count, horizonSeconds }: ScoredCall): void {
    const key = keyOf(pod);
    this.#forget(key);
    const kept = {
      score: scores.score.slice(0, count),
      probability: scores.probability.slice(0, count),
      cpu: scores.cpu.slice(0, count),
      memory: scores.memory.slice(0, count),
    };
    this.#byPod.set(key, { names, indices: indices.slice(0, count), scores: kept, horizonSeconds });
    this.#bytes += count * bytesPerNode;
    for (const oldest of this.#byPod.keys()) {
      if (this.#bytes <= mostBytes || this.#byPod.size === 1) break;
      this.#forget(oldest);
    }
  }

  /** What is to be said of a pod that is bound now, once; undefined when nothing is known of it. */
  take(pod: PodView): { readonly decisionId: string; readonly placement: Placement } | undefined {
    const decisionId = decisionIdOf(pod);
    const key = keyOf(pod);
    const scored = this.#byPod.get(key);
    if (pod.node === undefined || decisionId === undefined || scored === undefined) return undefined;
    this.#forget(key);
    return { decisionId, placement: this.#placement(pod.node, scored) };
  }

  #forget(key: string): void {
    const scored = this.#byPod.get(key);
    if (scored === undefined) return;
    this.#byPod.delete(key);
    this.#bytes -= scored.indices.length * bytesPerNode;
  }

  #placement(node: string, { names, indices, scores, horizonSeconds }: Scored): Placement {
    const place = indices.findIndex((index) => index >= 0 && names[index] === node);
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
      `${percentOf(probability)} %: ${score} of ${highestScore}, ${rank(better, scores.score.length)}`;
    return { node, score, reason };
  }
}

/** The id in the annotation `<id>; <mode>; <what>`. */
export function decisionIdOf({ decision }: PodView): string | undefined {
  const id = decision?.split(';', 1)[0]?.trim();
  return id === undefined || id === '' ? undefined : id;
}

function keyOf(pod: PodView): string {
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
