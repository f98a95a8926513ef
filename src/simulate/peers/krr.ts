import { larger } from '../numbers.ts';
import type { PolicyKind, PolicySetup } from '../policy.ts';
import { LargestWindow } from './largest-window.ts';
import { type PeerContainer, type Targets, unboundedPolicy } from './peer.ts';
import { SortedWindow } from './sorted-window.ts';

const days = 14;
const cpuShare = 0.95;
const memoryMargin = 1.15;
const killedMargin = 1.25;
const fewestSamples = 100;
const floors: Targets = { cpu: 10, memory: 100e6 };
const noFloors: Targets = { cpu: 0, memory: 0 };

/**
 * The strategy `simple` of Robusta KRR with its defaults: CPU at the 95th percentile of 14 days, memory at their maximum and 15 % more, a limit that was
 * hit and 25 % more; nothing before 100 samples. Source: https://github.com/robusta-dev/krr, robusta_krr/strategies/simple.py.
 */
export const krrPeer: PolicyKind = {
  name: 'krr',
  description: "Robusta KRR's simple strategy without its floors",
  isIndependent: true,
  create: (setup) =>
    unboundedPolicy(
      'krr',
      setup.series.map(() => new Krr(setup, noFloors)),
    ),
};

export const krrFloorsPeer: PolicyKind = {
  name: 'krr-floors',
  description: "Robusta KRR's simple strategy with its floors of 10 millicores and 100 MB",
  isIndependent: true,
  create: (setup) =>
    unboundedPolicy(
      'krr-floors',
      setup.series.map(() => new Krr(setup, floors)),
    ),
};

class Krr implements PeerContainer {
  readonly #cpu: SortedWindow;
  readonly #memory: LargestWindow;
  readonly #killed: LargestWindow;
  readonly #floors: Targets;

  constructor({ stepSeconds }: PolicySetup, floors: Targets) {
    const steps = days * Math.floor(86_400 / stepSeconds);
    this.#cpu = new SortedWindow(steps);
    this.#memory = new LargestWindow(steps);
    this.#killed = new LargestWindow(steps);
    this.#floors = floors;
  }

  observe(_time: number, cpuMillicores: number, memoryBytes: number, killed: boolean): void {
    this.#cpu.push(cpuMillicores);
    this.#memory.push(memoryBytes);
    this.#killed.push(killed ? memoryBytes : Number.NaN);
  }

  targets(): Targets {
    const isEnough = this.#cpu.count >= fewestSamples;
    const isKnown = isEnough || !this.#killed.isEmpty;
    const needed = larger(this.#memory.largest * memoryMargin, this.#killed.largest * killedMargin);
    return {
      cpu: isEnough ? floored(this.#cpu.quantile(cpuShare), this.#floors.cpu) : Number.NaN,
      memory: isKnown ? floored(needed, this.#floors.memory) : Number.NaN,
    };
  }
}

/** A floor speaks even where nothing is known. */
function floored(value: number, floor: number): number {
  return floor === 0 ? value : larger(value, floor);
}
