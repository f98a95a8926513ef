import { type PerResource, resources } from '../core/resource.ts';
import { sizingOptions } from '../predict/sizing/policy-options.ts';
import { SizingFleet } from '../predict/sizing/sizing-fleet.ts';
import { type Advice, noAdvice, type Policy, type PolicyKind, type PolicySetup, type PolicyStep } from './policy.ts';

/** What Barograph itself does where requests can be changed every hour: the fleet's pricing, as training drives it. */
export const ownPolicy: PolicyKind = {
  name: 'barograph',
  description: 'sizes the fleet by the price of risk that keeps the promise',
  isIndependent: false,
  create: createOwnPolicy,
};

/** A target stays until changing it is worth it: so a request that differs from it is to be changed now. */
const tolerance = 1e-4;

/** No risk at all cannot be promised: one in a million is as little. */
const leastPromise = 1e-6;

/** Drives the product's own sizing: whatever improves in it shows here. */
export function createOwnPolicy({ stepSeconds, objective, series }: PolicySetup, sizing = sizingOptions): Policy {
  const promised = {
    cpu: Math.max(leastPromise, objective.cpuExceeded),
    memory: Math.max(leastPromise, objective.memoryExceededPerDay),
  };
  const fleet = new SizingFleet({ stepSeconds, promised, sizing });
  // By place: two series may have one name.
  const containers = series.map(({ capacity }, i) => fleet.add(String(i), capacity));
  return {
    name: ownPolicy.name,
    observe: ({ timeSeconds, usage, killed }: PolicyStep) => {
      const isKilled = new Set(killed);
      fleet.begin(timeSeconds);
      for (const [i, container] of containers.entries()) {
        const use = { cpu: usage.cpu[i] ?? Number.NaN, memory: usage.memory[i] ?? Number.NaN };
        fleet.observe(container, use, isKilled.has(i));
      }
      fleet.end(timeSeconds);
    },
    recommend: (only) => {
      const advice = noAdvice(containers.length);
      for (const i of only ?? containers.keys()) put(advice, i, containers[i]?.targets);
      return advice;
    },
  };
}

function put(advice: PerResource<Advice>, i: number, targets: PerResource<number> | undefined): void {
  if (targets === undefined) return;
  for (const resource of resources) {
    advice[resource].lower[i] = targets[resource] * (1 - tolerance);
    advice[resource].target[i] = targets[resource];
    advice[resource].upper[i] = targets[resource] * (1 + tolerance);
  }
}
