import type { ResourceForecast } from '../core/outlook.ts';
import type { Recommendation } from '../core/resource.ts';

/**
 * What to request so that demand exceeds it with a risk (0–1): log-linear in the risk between the forecast's grid points, the
 * ends' values outside them. In millicores or bytes.
 */
export function recommendationAt(forecast: ResourceForecast, risk: number): Recommendation {
  const { risks } = forecast;
  let above = 0;
  while (above < risks.length && (risks[above] ?? 1) < risk) above += 1;
  const below = Math.max(0, above - 1);
  const upper = Math.min(above, risks.length - 1);
  const [from, to] = [Math.log(risks[below] ?? 1), Math.log(risks[upper] ?? 1)];
  const share = to > from ? Math.min(1, Math.max(0, (Math.log(risk) - from) / (to - from))) : 0;
  const between = (values: Float64Array): number => (values[below] ?? 0) * (1 - share) + (values[upper] ?? 0) * share;
  return {
    lower: between(forecast.lower),
    target: between(forecast.values),
    upper: between(forecast.upper),
  };
}

/**
 * What to request at a risk. Where the risk is the configured one (`isByDefault`), it is kept by all such containers together: then it is what the fleet's
 * price makes of it, as long as that serves the same promise; its bounds keep their ratio to it.
 */
export function requestedAt(forecast: ResourceForecast, risk: number, isByDefault: boolean): Recommendation {
  const alone = recommendationAt(forecast, risk);
  const pooled = pooledAt(forecast, risk, isByDefault);
  if (pooled === undefined || !(alone.target > 0)) return alone;
  const scale = pooled / alone.target;
  return { lower: alone.lower * scale, target: pooled, upper: alone.upper * scale };
}

/** What made it, in words. */
export function basisOf(forecast: ResourceForecast, risk: number, isByDefault: boolean): string {
  return pooledAt(forecast, risk, isByDefault) === undefined ? forecast.model : 'price of the fleet';
}

function pooledAt({ pooled }: ResourceForecast, risk: number, isByDefault: boolean): number | undefined {
  return isByDefault && pooled?.promised === risk && pooled.request >= 0 ? pooled.request : undefined;
}
