import type { RequestHandler } from 'express';
import { BarographError } from '../core/errors.ts';
import type { ContainerForecast, ResourceForecast } from '../core/outlook.ts';
import { parseContainerId, workloadId } from '../core/workload.ts';
import type { ApiData } from './api-data.ts';
import { parameter } from './parameter.ts';
import { timeText } from './time-text.ts';

/** `GET /api/v1/forecasts/{namespace}/{kind}/{name}`: what the containers of a workload will need. */
export function forecastsRoute(data: ApiData): RequestHandler {
  return async (request, response) => {
    const [namespace, kind, name] = [
      parameter(request, 'namespace'),
      parameter(request, 'kind'),
      parameter(request, 'name'),
    ];
    const workload = { namespace, kind, name };
    const forecasts = await data.forecasts(workload);
    if (forecasts.length === 0) {
      throw new BarographError('FORECAST_UNKNOWN', `there is no forecast for ${workloadId(workload)}`);
    }
    response.json({ workload, containers: forecasts.map(printed) });
  };
}

function printed({ id, cpu, memory, fromSeconds, toSeconds, samples, version }: ContainerForecast): object {
  return {
    name: parseContainerId(id)?.container ?? id,
    cpu: printedResource(cpu),
    memory: printedResource(memory),
    data: { from: timeText(fromSeconds), to: timeText(toSeconds), samples },
    outlookVersion: version,
  };
}

/** Millicores and bytes. */
function printedResource({ model, risks, lower, values, upper, mean, variance }: ResourceForecast): object {
  return {
    model,
    risks: [...risks],
    lower: [...lower],
    values: [...values],
    upper: [...upper],
    expected: { mean: [...mean], variance: [...variance] },
  };
}
