/** Results of a call by the position of the node in it. Kept and reused from call to call: copy what must last. */
export interface Scores {
  readonly score: Uint8Array;
  /** Probability that load and pod stay within the target, mean over the steps that are left. Not a number for unknown nodes. */
  readonly probability: Float32Array;
  /** Mean forecast load with the pod, as a share of the target. */
  readonly cpu: Float32Array;
  readonly memory: Float32Array;
}

export function createScores(size: number): Scores {
  return {
    score: new Uint8Array(size),
    probability: new Float32Array(size),
    cpu: new Float32Array(size),
    memory: new Float32Array(size),
  };
}
