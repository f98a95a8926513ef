import type { ContainerForecast } from '../../../src/core/outlook.ts';
import type { PerResource } from '../../../src/core/resource.ts';
import { containerId } from '../../../src/core/workload.ts';
import { recommendationAt } from '../../../src/predict/recommend.ts';
import { Training } from '../../../src/train/training.ts';
import { usageOf } from '../../support/usage.ts';
import { type Service, usageAt } from './services.ts';

export interface Seen {
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** What a causal replay of the same recordings recommends: the models alone, without Prometheus, a knowledge base or a webhook between. */
export interface Replayed {
  /** At risks that a pod promises. */
  readonly alone: (service: Service, risks: PerResource<number>) => PerResource<number>;
  /** At the price of all of them together, for the configured promise. */
  readonly together: (service: Service) => PerResource<number>;
}

/** All services in one fleet, over what was seen of them. */
export function replayed(services: readonly Service[], { fromSeconds, toSeconds }: Seen): Replayed {
  const training = new Training({
    stepSeconds: 300,
    outlookStepSeconds: 1800,
    outlookSteps: 24,
    forgetAfterSeconds: 14 * 86_400,
    promised: { cpu: 0.01, memory: 0.001 },
    renewedSeconds: 86_400,
  });
  const pods = services.map((service) => ({
    key: service.key,
    pod: 'replayed',
    node: 'node-0',
    cpu: (timeSeconds: number) => usageAt(service.played, timeSeconds).cpuMillicores,
    memory: (timeSeconds: number) => usageAt(service.played, timeSeconds).memoryBytes,
  }));
  training.take(usageOf({ startSeconds: fromSeconds - 300, endSeconds: toSeconds, stepSeconds: 300 }, pods));
  const forecasts = training.outlook(1, toSeconds)?.forecasts ?? [];
  const of = (service: Service): ContainerForecast => {
    const forecast = forecasts.find(({ id }) => id === containerId(service.key));
    if (forecast === undefined) throw new RangeError(`expected a forecast of ${containerId(service.key)}`);
    return forecast;
  };
  return {
    alone: (service, risks) => ({
      cpu: recommendationAt(of(service).cpu, risks.cpu).target,
      memory: recommendationAt(of(service).memory, risks.memory).target,
    }),
    together: (service) => ({
      cpu: of(service).cpu.pooled?.request ?? Number.NaN,
      memory: of(service).memory.pooled?.request ?? Number.NaN,
    }),
  };
}
