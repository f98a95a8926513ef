import type { PerResource } from '../../core/resource.ts';
import { thousandths } from '../numbers.ts';
import { type Advice, noAdvice, type Policy, type PolicyStep } from '../policy.ts';

/** What a peer would request for one container; NaN where it says nothing. */
export type Targets = PerResource<number>;

/** A peer's view of one container. */
export interface PeerContainer {
  /** NaN where there is no sample; a killed container's memory is the limit that it hit. */
  observe(timeSeconds: number, cpuMillicores: number, memoryBytes: number, killed: boolean): void;
  targets(): Targets;
}

const lowerShare = 0.9;
const upperShare = 1.5;

/**
 * A policy of peers that know no bounds: a request under 0.9 of the target is raised soon, one above 1.5 of it is lowered soon, all else
 * waits until the difference has lasted.
 */
export function unboundedPolicy(name: string, containers: readonly PeerContainer[]): Policy {
  const isKilled = new Uint8Array(containers.length);
  return {
    name,
    observe: ({ timeSeconds, usage, killed }: PolicyStep) => {
      for (const i of killed) isKilled[i] = 1;
      for (const [i, container] of containers.entries()) {
        container.observe(timeSeconds, usage.cpu[i] ?? Number.NaN, usage.memory[i] ?? Number.NaN, isKilled[i] === 1);
      }
      for (const i of killed) isKilled[i] = 0;
    },
    recommend: (only) => {
      const advice = noAdvice(containers.length);
      for (const i of only ?? containers.keys()) {
        const targets = containers[i]?.targets();
        if (targets === undefined) continue;
        put(advice.cpu, i, targets.cpu);
        put(advice.memory, i, targets.memory);
      }
      return advice;
    },
  };
}

function put(advice: Advice, i: number, target: number): void {
  advice.lower[i] = thousandths(target * lowerShare);
  advice.target[i] = thousandths(target);
  advice.upper[i] = thousandths(target * upperShare);
}
