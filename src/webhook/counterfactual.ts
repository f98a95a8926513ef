import type { StaticCounterfactual } from '../core/decision.ts';
import type { ResourceForecast } from '../core/outlook.ts';
import type { PerResource, Resource } from '../core/resource.ts';
import { askedOf, type SizedContainer } from './sized-container.ts';

/**
 * What the requests as written would have meant, over all containers: slack = share of the request that the expected usage leaves
 * unused; exceeded = the highest risk of any container that its demand exceeds what was written (the request for cpu, the limit or else
 * the request for memory). Null where nothing was written or nothing is forecast.
 */
export function staticCounterfactual(sized: readonly SizedContainer[]): StaticCounterfactual {
  const forEach = <T>(of: (resource: Resource) => T): PerResource<T> => ({ cpu: of('cpu'), memory: of('memory') });
  return {
    slack: forEach((resource) => slack(sized, resource)),
    exceeded: forEach((resource) => exceeded(sized, resource)),
  };
}

/**
 * The risk that demand exceeds `value`: the inverse of the forecast's quantiles, log-linear in the risk between them. Beyond the
 * ends of the grid it is the end's risk: an upper bound above, a lower bound below.
 */
export function riskAt(forecast: ResourceForecast, value: number): number {
  const { risks, values } = forecast;
  for (let i = 0; i < risks.length; i += 1) {
    const here = values[i] ?? 0;
    if (value < here) continue;
    if (i === 0) return risks[0] ?? 0;
    const safer = values[i - 1] ?? here;
    const share = safer > here ? (value - here) / (safer - here) : 1;
    return Math.exp(Math.log(risks[i] ?? 1) * (1 - share) + Math.log(risks[i - 1] ?? 1) * share);
  }
  return risks.at(-1) ?? 1;
}

function slack(sized: readonly SizedContainer[], resource: Resource): number | null {
  let requested = 0;
  let used = 0;
  for (const container of sized) {
    const { forecast } = container;
    const request = askedOf(container).requests[resource];
    if (request === undefined || forecast === undefined) continue;
    requested += request;
    used += mean(forecast[resource].mean);
  }
  return requested > 0 ? round(1 - used / requested) : null;
}

function exceeded(sized: readonly SizedContainer[], resource: Resource): number | null {
  const risks = sized.flatMap((container) => {
    const { forecast } = container;
    const before = askedOf(container);
    const written = resource === 'memory' ? (before.limits.memory ?? before.requests.memory) : before.requests.cpu;
    return written === undefined || forecast === undefined ? [] : [riskAt(forecast[resource], written)];
  });
  return risks.length === 0 ? null : round(Math.max(...risks));
}

function mean(values: Float32Array): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function round(share: number): number {
  return Number(share.toPrecision(3));
}
