import type { Decision } from '../../src/core/decision.ts';
import type { ContainerForecast, Outlook, ResourceForecast } from '../../src/core/outlook.ts';

/** A resource forecast with `values[i] = base * (1 + i / 10)`, risks falling from 10 % to 0.1 % as they must ascend. */
export function resourceForecast(base: number, steps = 24): ResourceForecast {
  const risks = Float64Array.of(0.001, 0.01, 0.05, 0.1);
  const values = risks.map((_, i) => base * (1.6 - i / 5));
  return {
    risks,
    lower: values.map((value) => value * 0.8),
    values,
    upper: values.map((value) => value * 1.5),
    mean: new Float32Array(steps).fill(base / 2),
    variance: new Float32Array(steps).fill((base / 10) ** 2),
    model: 'histogram',
  };
}

/** A forecast of one container: cpu about 200 m, memory about 256 MiB. */
export function containerForecast(id: string, version = 1): ContainerForecast {
  return {
    id,
    cpu: resourceForecast(200),
    memory: resourceForecast(256 * 2 ** 20),
    fromSeconds: 1_700_000_000,
    toSeconds: 1_700_600_000,
    samples: 2000,
    version,
  };
}

/** An Outlook of a few nodes. */
export function outlookOf(version: number, names: readonly string[], madeSeconds = 1_700_600_010): Outlook {
  const steps = 24;
  const fill = (value: number): Float32Array => new Float32Array(names.length * steps).map((_, i) => value + i);
  return {
    version,
    madeSeconds,
    dataSeconds: madeSeconds - 10,
    horizonStartSeconds: madeSeconds - 10,
    stepSeconds: 1800,
    steps,
    containers: 1,
    nodes: {
      names,
      attributed: true,
      mean: { cpu: fill(1000), memory: fill(2 ** 30) },
      variance: { cpu: fill(100), memory: fill(2 ** 20) },
    },
  };
}

/** A decision that changed nothing. */
export function decisionOf(id: string, time: string): Decision {
  return {
    id,
    time,
    mode: 'observe',
    workload: { namespace: 'shop', kind: 'Deployment', name: 'checkout' },
    containers: [],
    warnings: [],
    placement: null,
    counterfactual: { static: null },
    outlookVersion: 1,
  };
}
