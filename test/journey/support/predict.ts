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

/** What a causal replay of the same recording recommends: the models alone, without Prometheus, a knowledge base or a webhook between. */
export function replayed(
  service: Service,
  { fromSeconds, toSeconds }: Seen,
  risks: PerResource<number>,
): PerResource<number> {
  const training = new Training({
    stepSeconds: 300,
    outlookStepSeconds: 1800,
    outlookSteps: 24,
    forgetAfterSeconds: 14 * 86_400,
    promised: { cpu: 0.01, memory: 0.001 },
    renewedSeconds: 86_400,
  });
  const pod = {
    key: service.key,
    pod: 'replayed',
    node: 'node-0',
    cpu: (timeSeconds: number) => usageAt(service.played, timeSeconds).cpuMillicores,
    memory: (timeSeconds: number) => usageAt(service.played, timeSeconds).memoryBytes,
  };
  training.take(usageOf({ startSeconds: fromSeconds - 300, endSeconds: toSeconds, stepSeconds: 300 }, [pod]));
  const forecast = training.outlook(1, toSeconds)?.forecasts.find(({ id }) => id === containerId(service.key));
  if (forecast === undefined) throw new RangeError(`expected a forecast of ${containerId(service.key)}`);
  return {
    cpu: recommendationAt(forecast.cpu, risks.cpu).target,
    memory: recommendationAt(forecast.memory, risks.memory).target,
  };
}
