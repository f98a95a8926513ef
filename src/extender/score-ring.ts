import { createScores, type Scores } from './scores.ts';

/** The scores of one call as they were written: the nodes' indices, and what each got. */
export interface WrittenScores {
  readonly indices: Int32Array;
  readonly scores: Scores;
}

/**
 * The scores of the last calls, one after the other in arrays that are never made anew: copies of thousands of numbers for each call would keep the
 * garbage collector busy, and scheduling waiting for it. Seventeen bytes per node of a call.
 */
export class ScoreRing {
  readonly #size: number;
  #held: WrittenScores | undefined;
  #written = 0;

  constructor(size: number) {
    this.#size = size;
  }

  /** Keeps the first `count` scores; the position to read them at, or undefined when they are too many. */
  write(indices: Int32Array, scores: Scores, count: number): number | undefined {
    if (count > this.#size) return undefined;
    this.#held ??= emptyScores(this.#size);
    let start = this.#written % this.#size;
    // One call's scores stand together.
    if (start + count > this.#size) {
      this.#written += this.#size - start;
      start = 0;
    }
    const { indices: toIndices, scores: to } = this.#held;
    toIndices.set(indices.subarray(0, count), start);
    to.score.set(scores.score.subarray(0, count), start);
    to.probability.set(scores.probability.subarray(0, count), start);
    to.cpu.set(scores.cpu.subarray(0, count), start);
    to.memory.set(scores.memory.subarray(0, count), start);
    const position = this.#written;
    this.#written += count;
    return position;
  }

  /** Whether what was written there was not written over. */
  holds(position: number): boolean {
    return this.#written - position <= this.#size;
  }

  /** Views of what was written at a position that it holds; they are good until the next write. */
  read(position: number, count: number): WrittenScores {
    const held = this.#held ?? emptyScores(0);
    const start = position % this.#size;
    const { indices, scores } = held;
    return {
      indices: indices.subarray(start, start + count),
      scores: {
        score: scores.score.subarray(start, start + count),
        probability: scores.probability.subarray(start, start + count),
        cpu: scores.cpu.subarray(start, start + count),
        memory: scores.memory.subarray(start, start + count),
      },
    };
  }
}

function emptyScores(size: number): WrittenScores {
  return { indices: new Int32Array(size), scores: createScores(size) };
}
