import { type PerResource, resources } from '../core/resource.ts';
import { recommendationAt } from '../predict/recommend.ts';
import { ContainerSeries } from '../train/container-series.ts';
import { type Advice, noAdvice, type Policy, type PolicyKind, type PolicySetup, type PolicyStep } from './policy.ts';

/** What Barograph itself does: the models that training fits, read as admission reads them. */
export const ownPolicy: PolicyKind = {
  name: 'barograph',
  description: 'the models of this version, read as at admission',
  isIndependent: true,
  create: createOwnPolicy,
};

/** A kill says only that more was needed; until more is known, a fifth more is taken for it. */
const killedShare = 1.2;
/** The forecast of what is used is not asked for: one step of it is enough. */
const horizonSteps = 1;

/** Drives the product's own models: whatever improves in them shows here. */
export function createOwnPolicy({ stepSeconds, objective, series }: PolicySetup): Policy {
  const models = series.map(({ id }) => ContainerSeries.create(id, stepSeconds));
  const risks: PerResource<number> = { cpu: objective.cpuExceeded, memory: objective.memoryExceededPerDay };
  let now = 0;
  return {
    name: ownPolicy.name,
    observe: ({ timeSeconds, usage, killed }: PolicyStep) => {
      now = timeSeconds;
      const isKilled = new Set(killed);
      for (const [i, model] of models.entries()) {
        const memory = (usage.memory[i] ?? Number.NaN) * (isKilled.has(i) ? killedShare : 1);
        model.update(timeSeconds, { cpu: usage.cpu[i] ?? Number.NaN, memory }, '');
      }
    },
    recommend: (only) => {
      const advice = noAdvice(models.length);
      for (const i of only ?? models.keys()) {
        const forecast = models[i]?.forecast({ startSeconds: now, stepSeconds, steps: horizonSteps }, 1);
        if (forecast === undefined) continue;
        for (const resource of resources)
          put(advice[resource], i, recommendationAt(forecast[resource], risks[resource]));
      }
      return advice;
    },
  };
}

function put(
  advice: Advice,
  i: number,
  { lower, target, upper }: { lower: number; target: number; upper: number },
): void {
  advice.lower[i] = lower;
  advice.target[i] = target;
  advice.upper[i] = upper;
}
