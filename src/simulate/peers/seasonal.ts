import { larger } from '../numbers.ts';
import type { PolicyKind, PolicySetup } from '../policy.ts';
import { largest, nearestRank } from './nearest-rank.ts';
import { type PeerContainer, type Targets, unboundedPolicy } from './peer.ts';
import { SlidingWindow } from './sliding-window.ts';

const margin = 1.15;
const killedMargin = 1.2;

/**
 * Seasonal naive: the next day will be like the last one or like the same day a week ago, whichever is larger, and 15 % more; memory by the day's maximum,
 * CPU by its quantile at the promised risk.
 */
export const seasonalPeer: PolicyKind = {
  name: 'seasonal',
  description: 'seasonal naive: the larger of the last day and the same day a week ago',
  isIndependent: true,
  create: (setup) => {
    const scratch = new Float64Array(stepsADay(setup));
    return unboundedPolicy(
      'seasonal',
      setup.series.map(() => new Seasonal(setup, scratch)),
    );
  },
};

function stepsADay({ stepSeconds }: Pick<PolicySetup, 'stepSeconds'>): number {
  return Math.floor(86_400 / stepSeconds);
}

class Seasonal implements PeerContainer {
  readonly #cpu: SlidingWindow;
  readonly #memory: SlidingWindow;
  readonly #day: number;
  readonly #share: number;
  readonly #scratch: Float64Array;

  constructor(setup: PolicySetup, scratch: Float64Array) {
    this.#day = stepsADay(setup);
    this.#share = 1 - setup.objective.cpuExceeded;
    this.#cpu = new SlidingWindow(7 * this.#day);
    this.#memory = new SlidingWindow(7 * this.#day);
    this.#scratch = scratch;
  }

  observe(_time: number, cpuMillicores: number, memoryBytes: number, killed: boolean): void {
    this.#cpu.push(cpuMillicores);
    this.#memory.push(killed ? memoryBytes * killedMargin : memoryBytes);
  }

  targets(): Targets {
    return {
      cpu: this.#largerDay(this.#cpu, (count) => nearestRank(this.#scratch, count, this.#share)),
      memory: this.#largerDay(this.#memory, (count) => largest(this.#scratch, count)),
    };
  }

  #largerDay(window: SlidingWindow, read: (count: number) => number): number {
    const last = read(window.copy(this.#day, 0, this.#scratch));
    const lastWeek = read(window.copy(7 * this.#day, 6 * this.#day, this.#scratch));
    return larger(last, lastWeek) * margin;
  }
}
