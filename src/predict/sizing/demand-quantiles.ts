import type { Forecast, Horizon } from '../forecaster.ts';
import type { Demand } from './demand.ts';

/** The highest level, 1, is read as this risk. */
const smallestRisk = 1e-4;
const dayHours = 24;

/**
 * A demand as a forecast, the same at every step; undefined before its first hour is over. Where the highest value counts, levels are those of a day: in proportion
 * those of the demand's own horizon.
 */
export function forecastOf(demand: Demand, horizon: Horizon, levels: Float64Array): Forecast | undefined {
  const { curve, options } = demand;
  if (curve === undefined) return undefined;
  const share = options.outcome === 'highest' ? options.horizonHours / dayHours : 1;
  let bucket = 0;
  const quantiles = levels.map((level) => {
    const risk = Math.max((1 - level) * share, smallestRisk * share);
    while (bucket < curve.length - 1 && (curve[bucket] ?? 0) > risk) bucket += 1;
    return demand.requestFor(bucket);
  });
  const values = new Float64Array(horizon.steps * levels.length);
  for (let step = 0; step < horizon.steps; step += 1) values.set(quantiles, step * levels.length);
  return { ...horizon, levels, values };
}
