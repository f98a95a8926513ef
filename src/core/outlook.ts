import type { PerResource } from './resource.ts';

/**
 * What one resource of one container will need. `risks` ascend (shares of 1); `values[i]` is the demand that is exceeded
 * with risk `risks[i]`: per 5-minute window for cpu (millicores), per container-day for memory (bytes). `lower` and
 * `upper` bound each value by confidence, as in the VPA. `mean` and `variance` are the usage expected in each step of
 * the Outlook's horizon, for sums over a node.
 */
export interface ResourceForecast {
  readonly risks: Float64Array;
  readonly lower: Float64Array;
  readonly values: Float64Array;
  readonly upper: Float64Array;
  readonly mean: Float32Array;
  readonly variance: Float32Array;
  /** Name of the model that made it. */
  readonly model: string;
  /** What is requested where the promise need not be kept by each container, but by all together; undefined while that is not known. */
  readonly pooled?: PooledRequest | undefined;
}

/** The request that serves a promise of all containers together at the least cost, and that promise (a share of 1). */
export interface PooledRequest {
  readonly promised: number;
  readonly request: number;
}

/** Everything known about one container of a workload, made by the trainer, immutable. */
export interface ContainerForecast {
  /** containerId() of its key. */
  readonly id: string;
  readonly cpu: ResourceForecast;
  readonly memory: ResourceForecast;
  /** The measurements behind it, unix seconds. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly samples: number;
  /** Version of the Outlook that published it. */
  readonly version: number;
}

/**
 * Load of nodes that no tracked workload causes (`attributed`), or all of their load (not `attributed`), over the horizon:
 * matrices of nodes × steps, row by row, in millicores and bytes.
 */
export interface NodeForecasts {
  readonly names: readonly string[];
  readonly attributed: boolean;
  readonly mean: PerResource<Float32Array>;
  readonly variance: PerResource<Float32Array>;
}

/** The trainer's snapshot: immutable, versioned. Container forecasts stand beside it in the model cache. */
export interface Outlook {
  readonly version: number;
  /** When it was made, unix seconds; its age decides whether it may be acted on. */
  readonly madeSeconds: number;
  /** Newest measurement in it, unix seconds. */
  readonly dataSeconds: number;
  /** Step s covers horizonStartSeconds + s·stepSeconds … + (s+1)·stepSeconds. */
  readonly horizonStartSeconds: number;
  readonly stepSeconds: number;
  readonly steps: number;
  readonly nodes: NodeForecasts;
  /** How many containers have a forecast. */
  readonly containers: number;
}

/** Whether an Outlook may be acted on now: neither too old nor from the future (a clock that was set back). */
export function isFresh<T extends Pick<Outlook, 'dataSeconds'>>(
  outlook: T | undefined,
  nowSeconds: number,
  maxAgeSeconds: number,
): outlook is T {
  if (outlook === undefined) return false;
  const age = nowSeconds - outlook.dataSeconds;
  return age <= maxAgeSeconds && age >= -maxAgeSeconds;
}
