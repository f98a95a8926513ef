import type { PerResource } from '../../core/resource.ts';
import type { History } from './history.ts';
import type { Part } from './outcome.ts';
import type { ReplayRules } from './rules.ts';
import { Tally } from './tally.ts';

/** Keeps what a replay comes to while it runs. */
export class Recorder {
  readonly #tallies: readonly Tally[];
  readonly #began = performance.now();
  #changes = new Float64Array(4096);
  #length = 0;

  constructor(history: History, { windows }: Pick<ReplayRules, 'windows'>) {
    this.#tallies = windows.map((window) => new Tally(history, window));
  }

  readonly onStep = (
    step: number,
    requests: PerResource<Float64Array>,
    changed: Uint8Array,
    next: PerResource<Float64Array>,
  ): void => {
    for (const tally of this.#tallies) tally.take(step, requests, changed);
    for (let i = changed.indexOf(1); i !== -1; i = changed.indexOf(1, i + 1)) {
      this.#push(step, i, next.cpu[i] ?? 0, next.memory[i] ?? 0);
    }
  };

  /** `calledItself` is the name that a program gave. */
  part(calledItself?: string): Part {
    return {
      windows: this.#tallies.map(({ window, sums }) => ({ window, sums })),
      changes: this.#changes.slice(0, this.#length),
      seconds: (performance.now() - this.#began) / 1000,
      calledItself,
    };
  }

  #push(...change: readonly [step: number, container: number, cpu: number, memory: number]): void {
    if (this.#length + change.length > this.#changes.length) {
      const more = new Float64Array(2 * this.#changes.length);
      more.set(this.#changes);
      this.#changes = more;
    }
    this.#changes.set(change, this.#length);
    this.#length += change.length;
  }
}
