import type { PolicyKind } from '../policy.ts';
import { DecayingBuckets } from './decaying-buckets.ts';
import { type PeerContainer, type Targets, unboundedPolicy } from './peer.ts';

const hour = 3600;
const coldStartSeconds = 24 * hour;
const margin = 1.1;

/**
 * Koordinator's peak predictor with its defaults: decaying histograms of CPU (12 h, 95th percentile) and memory (24 h, 98th percentile), 10 % more, nothing in
 * the first 24 h, kills not heeded. Source: https://github.com/koordinator-sh/koordinator, pkg/koordlet/prediction.
 */
export const koordinatorPeer: PolicyKind = {
  name: 'koordinator',
  description: "Koordinator's peak predictor",
  isIndependent: true,
  create: ({ stepSeconds, series }) =>
    unboundedPolicy(
      'koordinator',
      series.map(() => new Koordinator(stepSeconds)),
    ),
};

class Koordinator implements PeerContainer {
  readonly #cpu = new DecayingBuckets({ first: 25, growth: 1.05, top: 1024e3, halfLifeSeconds: 12 * hour });
  readonly #memory = new DecayingBuckets({
    first: 5 * 2 ** 20,
    growth: 1.05,
    top: 2 ** 41,
    halfLifeSeconds: 24 * hour,
  });
  readonly #coldSteps: number;
  #steps = 0;

  constructor(stepSeconds: number) {
    this.#coldSteps = Math.floor(coldStartSeconds / stepSeconds);
  }

  observe(timeSeconds: number, cpuMillicores: number, memoryBytes: number): void {
    this.#cpu.add(timeSeconds, cpuMillicores);
    this.#memory.add(timeSeconds, memoryBytes);
    this.#steps += 1;
  }

  targets(): Targets {
    if (this.#steps <= this.#coldSteps) return { cpu: Number.NaN, memory: Number.NaN };
    return { cpu: this.#cpu.quantile(0.95) * margin, memory: this.#memory.quantile(0.98) * margin };
  }
}
