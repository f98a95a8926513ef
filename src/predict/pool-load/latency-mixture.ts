/** One source of operations: how many, and how long they take in the mean. */
export interface LatencyPart {
  readonly weight: number;
  readonly meanSeconds: number;
}

/** The mean over all operations; NaN where there were none. */
export function meanLatency(parts: readonly LatencyPart[]): number {
  const all = usable(parts);
  const weight = all.reduce((sum, part) => sum + part.weight, 0);
  return weight > 0 ? all.reduce((sum, part) => sum + part.weight * part.meanSeconds, 0) / weight : Number.NaN;
}

/** Operations under way at once: rate × latency of each part, summed (Little). 0 where nothing was measured. */
export function operationsInFlight(parts: readonly LatencyPart[]): number {
  return usable(parts).reduce((sum, part) => sum + part.weight * part.meanSeconds, 0);
}

const rounds = 60;

/**
 * The latency that a share of the operations stays below, by percentile 0–1. Storage gives means only: within each part latencies are taken to be exponential,
 * as of a queue with waiting. Worked: one part of 10 ms → p50 6.9 ms, p99 46 ms; a tenth of the operations on a part of 100 ms more → p99 230 ms.
 */
export function latencyAt(parts: readonly LatencyPart[], percentile: number): number {
  const all = usable(parts);
  const weight = all.reduce((sum, part) => sum + part.weight, 0);
  if (!(weight > 0)) return Number.NaN;
  const beyond = (seconds: number): number =>
    all.reduce((sum, part) => sum + part.weight * Math.exp(-seconds / part.meanSeconds), 0) / weight;
  let [low, high] = [0, Math.max(...all.map(({ meanSeconds }) => meanSeconds)) * Math.log(1e6)];
  for (let round = 0; round < rounds; round += 1) {
    const middle = (low + high) / 2;
    if (beyond(middle) > 1 - percentile) low = middle;
    else high = middle;
  }
  return high;
}

function usable(parts: readonly LatencyPart[]): LatencyPart[] {
  return parts.filter(({ weight, meanSeconds }) => weight > 0 && meanSeconds > 0);
}
