import type { ContainerForecast, Outlook, ResourceForecast } from '../../../src/core/outlook.ts';
import type { ForecastLookup } from '../../../src/train/model-cache-view.ts';

/** Load of a node: the same in every step, or one number per step. Millicores and bytes; standard deviations of a twentieth. */
export interface NodeLoad {
  readonly cpu?: number | readonly number[];
  readonly memory?: number | readonly number[];
  /** Standard deviation as a share of the mean. */
  readonly spread?: number;
}

export const startSeconds = 1_700_000_000;
export const stepSeconds = 1800;

export interface OutlookMore {
  readonly steps?: number;
  readonly dataSeconds?: number;
  readonly attributed?: boolean;
  readonly horizonStartSeconds?: number;
  readonly version?: number;
}

/** An Outlook of nodes by name whose horizon begins at startSeconds, unless said otherwise. */
export function nodeOutlook(loads: Readonly<Record<string, NodeLoad>>, more: OutlookMore = {}): Outlook {
  const {
    steps = 4,
    dataSeconds = startSeconds,
    attributed = true,
    version = 1,
    horizonStartSeconds = startSeconds,
  } = more;
  const rows = Object.values(loads);
  const matrix = (of: (load: NodeLoad, step: number) => number): Float32Array =>
    Float32Array.from({ length: rows.length * steps }, (_, at) => of(rows[Math.floor(at / steps)] ?? {}, at % steps));
  const amount = (value: NodeLoad['cpu'], step: number): number =>
    typeof value === 'number' ? value : (value?.[step] ?? 0);
  const squared = (load: NodeLoad, value: number): number => (value * (load.spread ?? 0.05)) ** 2;
  return {
    version,
    madeSeconds: dataSeconds,
    dataSeconds,
    horizonStartSeconds,
    stepSeconds,
    steps,
    containers: 0,
    nodes: {
      names: Object.keys(loads),
      attributed,
      mean: {
        cpu: matrix((load, step) => amount(load.cpu, step)),
        memory: matrix((load, step) => amount(load.memory, step)),
      },
      variance: {
        cpu: matrix((load, step) => squared(load, amount(load.cpu, step))),
        memory: matrix((load, step) => squared(load, amount(load.memory, step))),
      },
    },
  };
}

/** A forecast of usage that is the same in all steps; spread is the standard deviation as a share of the mean. */
export function steadyForecast(id: string, cpu: number, memory: number, steps = 4, spread = 0.05): ContainerForecast {
  const resource = (mean: number): ResourceForecast => ({
    risks: Float64Array.of(0.01, 0.1),
    lower: Float64Array.of(mean, mean),
    values: Float64Array.of(mean * 1.2, mean * 1.1),
    upper: Float64Array.of(mean * 2, mean * 2),
    mean: new Float32Array(steps).fill(mean),
    variance: new Float32Array(steps).fill((mean * spread) ** 2),
    model: 'steady',
  });
  return { id, cpu: resource(cpu), memory: resource(memory), fromSeconds: 0, toSeconds: 1, samples: 1, version: 1 };
}

export function lookupOf(...forecasts: readonly ContainerForecast[]): ForecastLookup {
  return new Map(forecasts.map((forecast) => [forecast.id, forecast]));
}
