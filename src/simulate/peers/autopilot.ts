import { larger } from '../numbers.ts';
import type { PolicyKind } from '../policy.ts';
import { DecayingBuckets } from './decaying-buckets.ts';
import { type PeerContainer, type Targets, unboundedPolicy } from './peer.ts';

const hour = 3600;
const memoryHalfLifeSeconds = 48 * hour;
const memoryMargin = 1.1;
const killedMargin = 1.2;

/**
 * A moving window as Autopilot has it: CPU at the 95th percentile of a histogram that decays in 12 h, memory at a maximum that decays in 48 h and 10 % more.
 * Source: Rzadca et al., Autopilot: workload autoscaling at Google, EuroSys 2020, section 3.2; Google's code is not public.
 */
export const autopilotPeer: PolicyKind = {
  name: 'autopilot',
  description: "a moving window after Google's Autopilot",
  isIndependent: true,
  create: ({ stepSeconds, series }) =>
    unboundedPolicy(
      'autopilot',
      series.map(() => new Autopilot(stepSeconds)),
    ),
};

class Autopilot implements PeerContainer {
  readonly #cpu = new DecayingBuckets({ first: 10, growth: 1.05, top: 1024e3, halfLifeSeconds: 12 * hour });
  readonly #decay: number;
  #peak = Number.NaN;

  constructor(stepSeconds: number) {
    this.#decay = 2 ** (-stepSeconds / memoryHalfLifeSeconds);
  }

  observe(timeSeconds: number, cpuMillicores: number, memoryBytes: number, killed: boolean): void {
    this.#cpu.add(timeSeconds, cpuMillicores);
    this.#peak = larger(this.#peak * this.#decay, killed ? memoryBytes * killedMargin : memoryBytes);
  }

  targets(): Targets {
    return { cpu: this.#cpu.quantile(0.95), memory: this.#peak * memoryMargin };
  }
}
