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
