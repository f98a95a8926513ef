import type { LatencyObjective } from '../../core/objective.ts';
import { latencyAt, meanLatency } from '../../predict/pool-load/latency-mixture.ts';
import { forecastLevels } from '../../predict/pool-load/pool-load-model.ts';
import type { PoolOutlook } from '../storage-state.ts';

const median = Math.floor(forecastLevels.length / 2);
/** What is asked as "max" is judged at this percentile: of exponential latencies there is no highest. */
const highest = 0.9999;

/**
 * The latency that an objective speaks of, as it is expected: that of the present operations, times how much slower than now the pool is forecast to be in its
 * slowest step. Seconds; NaN where nothing was measured.
 */
export function expectedLatency(pool: PoolOutlook, statistic: LatencyObjective['statistic']): number {
  const parts = pool.latencyParts;
  const mean = meanLatency(parts);
  const now =
    typeof statistic === 'object'
      ? latencyAt(parts, statistic.percentile)
      : statistic === 'max'
        ? latencyAt(parts, highest)
        : mean;
  if (!Number.isNaN(now)) return now * slowdown(pool, mean);
  // Nobody uses it now: what its history expects.
  const usual = slowestForecast(pool);
  if (statistic === 'mean') return usual;
  const parted = [{ weight: 1, meanSeconds: usual }];
  return latencyAt(parted, statistic === 'max' ? highest : statistic.percentile);
}

function slowdown(pool: PoolOutlook, now: number): number {
  const forecast = slowestForecast(pool);
  return forecast > now ? forecast / now : 1;
}

function slowestForecast({ load }: PoolOutlook): number {
  const { latencySeconds: forecast } = load;
  let slowest = Number.NaN;
  for (let step = 0; step < (forecast?.steps ?? 0); step += 1) {
    const value = forecast?.values[step * forecastLevels.length + median] ?? Number.NaN;
    if (!(slowest >= value)) slowest = value;
  }
  return slowest;
}
