import { resources } from '../../core/resource.ts';
import { VpaContainer } from '../../predict/vpa.ts';
import { noAdvice, type Policy, type PolicyKind, type PolicySetup, type PolicyStep } from '../policy.ts';

const minute = 60;

/** The recommender of the Kubernetes VPA with its defaults, a VPA for each container. Source: see src/predict/vpa.ts. */
export const vpaPeer: PolicyKind = {
  name: 'vpa',
  description: "the Kubernetes VPA's recommender",
  isIndependent: true,
  create: createVpa,
};

function createVpa({ stepSeconds, series }: PolicySetup): Policy {
  const containers = series.map(() => new VpaContainer());
  const isSeen = new Uint8Array(series.length);
  // The recommender samples once a minute and counts samples for its confidence: a step is so many equal samples, the last at its end.
  const repeats = Math.max(1, Math.floor(stepSeconds / minute));
  return {
    name: vpaPeer.name,
    observe: ({ timeSeconds, usage, killed }: PolicyStep) => {
      for (const [i, container] of containers.entries()) {
        const [cpu = Number.NaN, memory = Number.NaN] = [usage.cpu[i], usage.memory[i]];
        if (!Number.isNaN(cpu)) {
          isSeen[i] = 1;
          // The VPA is told cores, and cuts millicores off: 0.29 cores are 290 millicores, or 289.
          const millicores = (cpu / 1000) * 1000;
          for (let back = repeats - 1; back >= 0; back -= 1) container.addCpu(timeSeconds - back * minute, millicores);
        }
        if (!Number.isNaN(memory)) container.addMemory(timeSeconds, memory);
      }
      for (const i of killed) containers[i]?.addOutOfMemory(timeSeconds, usage.memory[i] ?? 0);
    },
    recommend: (only) => {
      const advice = noAdvice(containers.length);
      for (const i of only ?? containers.keys()) {
        const container = containers[i];
        if (container === undefined || isSeen[i] === 0) continue;
        const recommended = container.recommend();
        for (const resource of resources) {
          advice[resource].lower[i] = recommended[resource].lower;
          advice[resource].target[i] = recommended[resource].target;
          advice[resource].upper[i] = recommended[resource].upper;
        }
      }
      return advice;
    },
  };
}
