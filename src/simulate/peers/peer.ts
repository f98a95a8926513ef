import type { PerResource } from '../../core/resource.ts';
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

/** Rounded to a thousandth as in the tables of the reference, half to even. */
export function thousandths(value: number): number {
  return roundHalfToEven(value * 1000) / 1000;
}

export function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** The larger of two, the other one where one is NaN. */
export function larger(a: number, b: number): number {
  if (Number.isNaN(a)) return b;
  return b > a ? b : a;
}
