import { stepCount, type TimeRange } from '../core/time-range.ts';

/** The whole steps of a range that have ended at `nowSeconds`: what is still going on cannot be measured. */
export function endedPart(range: TimeRange, nowSeconds: number): TimeRange {
  const steps = stepCount({ ...range, endSeconds: Math.min(range.endSeconds, nowSeconds) });
  return { ...range, endSeconds: range.startSeconds + steps * range.stepSeconds };
}

/** The first `steps` steps of a range, and what is left of it. */
export function cut(range: TimeRange, steps: number): readonly [head: TimeRange, rest: TimeRange] {
  const middleSeconds = range.startSeconds + Math.min(steps, stepCount(range)) * range.stepSeconds;
  return [
    { ...range, endSeconds: middleSeconds },
    { ...range, startSeconds: middleSeconds },
  ];
}

/** How much is read at once: as many steps as give about `targetSamples`, so that memory stays bounded whatever the size of the cluster. */
export class StretchLength {
  readonly #targetSamples: number;
  readonly #mostSteps: number;
  #steps: number;

  constructor(targetSamples: number, firstSteps: number, mostSteps: number) {
    this.#targetSamples = targetSamples;
    this.#mostSteps = Math.max(1, Math.floor(mostSteps));
    this.#steps = Math.min(firstSteps, this.#mostSteps);
  }

  get steps(): number {
    return this.#steps;
  }

  /** What came of a stretch of `steps`: `samples` values; `isSplit` says that the server refused to answer it whole. */
  learn(steps: number, samples: number, isSplit: boolean): void {
    const perStep = samples / Math.max(1, steps);
    const fitting = perStep === 0 ? this.#mostSteps : Math.floor(this.#targetSamples / perStep);
    // Growth is slow: what comes next may be larger than what came last.
    const wanted = isSplit ? steps / 2 : Math.min(fitting, steps * 2);
    this.#steps = Math.max(1, Math.min(this.#mostSteps, Math.floor(wanted)));
  }
}
