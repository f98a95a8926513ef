import { larger } from '../numbers.ts';
import type { PolicyKind } from '../policy.ts';
import { type PeerContainer, type Targets, unboundedPolicy } from './peer.ts';
import { SortedWindow } from './sorted-window.ts';

const days = 60;
const killedMargin = 1.2;

/** What a careful person reads off a dashboard: CPU at the 95th percentile of all history (60 days), memory at its maximum. */
export const staticPeer: PolicyKind = {
  name: 'static',
  description: 'CPU at the 95th percentile, memory at the maximum of all history',
  isIndependent: true,
  create: ({ stepSeconds, series }) =>
    unboundedPolicy(
      'static',
      series.map(() => new Static(stepSeconds)),
    ),
};

class Static implements PeerContainer {
  readonly #cpu: SortedWindow;
  #peak = Number.NaN;

  constructor(stepSeconds: number) {
    this.#cpu = new SortedWindow(days * Math.floor(86_400 / stepSeconds));
  }

  observe(_time: number, cpuMillicores: number, memoryBytes: number, killed: boolean): void {
    this.#cpu.push(cpuMillicores);
    this.#peak = larger(this.#peak, killed ? memoryBytes * killedMargin : memoryBytes);
  }

  targets(): Targets {
    return { cpu: this.#cpu.quantile(0.95), memory: this.#peak };
  }
}
