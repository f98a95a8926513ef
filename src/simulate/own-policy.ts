import { type PerResource, resources } from '../core/resource.ts';
import { SizingFleet } from '../predict/sizing/sizing-fleet.ts';
import { noAdvice, type Policy, type PolicyKind, type PolicySetup, type PolicyStep } from './policy.ts';

/** What Barograph itself does where requests may be changed while containers run. */
export const ownPolicy: PolicyKind = {
  name: 'barograph',
  description: 'demand by a mixture of experts, decided by price; the fleet keeps the promise together',
  // All containers pay the same price of risk, and what happens to one moves it.
  isIndependent: false,
  create: createOwnPolicy,
};

/** Targets stay until changing them is worth it, so that a request that differs should be changed now. */
const tolerance = 1e-4;

export function createOwnPolicy({ stepSeconds, objective, series }: PolicySetup): Policy {
  const promised: PerResource<number> = { cpu: objective.cpuExceeded, memory: objective.memoryExceededPerDay };
  const fleet = new SizingFleet(
    stepSeconds,
    promised,
    series.map(({ capacity }) => capacity),
  );
  return {
    name: ownPolicy.name,
    observe: (step: PolicyStep) => fleet.observe(step),
    recommend: (only) => {
      const advice = noAdvice(series.length);
      for (const i of only ?? series.keys()) {
        const targets = fleet.target(i);
        if (targets === undefined) continue;
        for (const resource of resources) {
          const { lower, target, upper } = advice[resource];
          target[i] = targets[resource];
          lower[i] = targets[resource] * (1 - tolerance);
          upper[i] = targets[resource] * (1 + tolerance);
        }
      }
      return advice;
    },
  };
}
