import type { Sums } from './tally.ts';

/** So many containers with the most memory in use are looked at on their own. */
const largestCount = 4;

/** What a fleet's totals hide: no policy should buy them at the cost of these. Null where there is nothing to divide by. */
export interface Guards {
  /** The geometric mean of the containers' own ratios of request to use. */
  readonly memReqPerUse: number | null;
  readonly cpuReqPerUse: number | null;
  /** The kills a day of the container that is killed most. */
  readonly worstOomPerDay: number;
  /** Kills of the four containers that use most memory. */
  readonly largestOom: number;
  /** The share of steps in which the container that exceeds its CPU request most does so. */
  readonly worstCpuExceeded: number;
}

export function guardsOf(sums: Sums): Guards {
  const all = [...sums.days.keys()];
  const largest = all.toSorted((a, b) => (sums.memUse[b] ?? 0) - (sums.memUse[a] ?? 0)).slice(0, largestCount);
  return {
    memReqPerUse: geometricMean(sums.memReq, sums.memUse),
    cpuReqPerUse: geometricMean(sums.cpuReq, sums.cpuUse),
    worstOomPerDay: highestRatio(sums.oom, sums.days),
    largestOom: largest.reduce((total, i) => total + (sums.oom[i] ?? 0), 0),
    worstCpuExceeded: highestRatio(sums.cpuOver, sums.cpuSteps),
  };
}

function geometricMean(requested: Float64Array, used: Float64Array): number | null {
  let [sum, count] = [0, 0];
  for (const [i, use] of used.entries()) {
    const request = requested[i] ?? 0;
    if (!(use > 0 && request > 0)) continue;
    sum += Math.log(request / use);
    count += 1;
  }
  return count > 0 ? Math.exp(sum / count) : null;
}

function highestRatio(a: Float64Array, b: Float64Array): number {
  return a.reduce((most, value, i) => ((b[i] ?? 0) > 0 ? Math.max(most, value / (b[i] ?? 1)) : most), 0);
}
