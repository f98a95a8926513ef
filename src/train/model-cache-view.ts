import type { ContainerForecast } from '../core/outlook.ts';

/** What the request path sees of the model cache: memory only, never waits. */
export interface ForecastLookup {
  /** The forecast of a container (containerId()), perhaps stale while it is refreshed; undefined when there is none in memory. */
  get(id: string): ContainerForecast | undefined;
  /** The containers with a forecast whose pods have no controller, mostly few; undefined when it is not known which are stored. */
  readonly barePods?: ReadonlySet<string> | undefined;
}
