import type { PodContainerView } from '../cluster/view.ts';
import type { ContainerForecast, ResourceForecast } from '../core/outlook.ts';
import { type PerResource, type Resource, resources } from '../core/resource.ts';
import { containerId, type WorkloadKey } from '../core/workload.ts';
import type { ForecastLookup } from '../train/model-cache-view.ts';

/** Mean and variance per step of the horizon, millicores and bytes. */
export interface Moments {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

export type PodLoad = PerResource<Moments>;

/** What a load is made from. */
export interface LoadParts {
  readonly workload: WorkloadKey | undefined;
  readonly containers: readonly PodContainerView[];
}

/** A container without a forecast: its request is the mean, and this share of it the standard deviation. */
const requestSpread = 0.25;

/**
 * What a pod will use in each step: the sum of its containers' forecasts. A container without one counts with its request, give or take a quarter:
 * a request of 400m is a mean of 400 and a variance of 100². One that neither has a forecast nor asks for anything counts nothing.
 */
export function podLoad(pod: LoadParts, forecasts: ForecastLookup, steps: number): PodLoad {
  const load = emptyLoad(steps);
  for (const container of pod.containers) addContainer(load, container, forecastOf(pod, container, forecasts));
  return load;
}

export function forecastOf(
  { workload }: LoadParts,
  container: PodContainerView,
  forecasts: ForecastLookup,
): ContainerForecast | undefined {
  return workload === undefined ? undefined : forecasts.get(containerId({ ...workload, container: container.name }));
}

function addContainer(load: PodLoad, { requests }: PodContainerView, forecast: ContainerForecast | undefined): void {
  for (const resource of resources) {
    if (isUsable(forecast?.[resource])) addForecast(load[resource], forecast[resource]);
    else addRequest(load[resource], requests[resource]);
  }
}

function isUsable<T extends ResourceForecast>(forecast: T | undefined): forecast is T {
  if (forecast === undefined || forecast.mean.length === 0) return false;
  if (forecast.variance.length !== forecast.mean.length) return false;
  return forecast.mean.every(isAmount) && forecast.variance.every(isAmount);
}

function isAmount(value: number): boolean {
  return value >= 0 && value < Number.POSITIVE_INFINITY;
}

/** A forecast that ends before the horizon goes on as in its last step. */
function addForecast({ mean, variance }: Moments, forecast: ResourceForecast): void {
  const last = forecast.mean.length - 1;
  for (let step = 0; step < mean.length; step += 1) {
    const from = Math.min(step, last);
    mean[step] = (mean[step] ?? 0) + (forecast.mean[from] ?? 0);
    variance[step] = (variance[step] ?? 0) + (forecast.variance[from] ?? 0);
  }
}

function addRequest({ mean, variance }: Moments, stated: number): void {
  const request = Math.max(0, stated);
  const spread = (request * requestSpread) ** 2;
  for (let step = 0; step < mean.length; step += 1) {
    mean[step] = (mean[step] ?? 0) + request;
    variance[step] = (variance[step] ?? 0) + spread;
  }
}

function emptyLoad(steps: number): PodLoad {
  const moments = (_: Resource): Moments => ({ mean: new Float64Array(steps), variance: new Float64Array(steps) });
  return { cpu: moments('cpu'), memory: moments('memory') };
}
