import type { PromisedRisk } from '../policy.ts';
import { type SumName, type Sums, sumNames } from './tally.ts';

/** The figures of a fleet; null where there is nothing to divide by. Shares are of 1. */
export const figureNames = [
  'memSlack',
  'memSlackUsageWeighted',
  'memSlackMedian',
  'cpuSlack',
  'cpuSlackUsageWeighted',
  'cpuSlackMedian',
  'memReqPerUse',
  'cpuReqPerUse',
  'oomPer1000Days',
  'oomDayShare',
  'cpuExceeded',
  'cpuDeficit',
  'seriesOverCpuObjective',
  'memExceeded',
  'changesPerDay',
] as const;

export type FigureName = (typeof figureNames)[number];
export type Figures = Readonly<Record<FigureName, number | null>>;

/** From the sums of its containers; `picks` are the indexes of those that count, each as often as it is there. */
export function figuresOf(sums: Sums, objective: PromisedRisk, picks?: ArrayLike<number>): Figures {
  const of = picks ?? sums.days.map((_, i) => i);
  const total = totalsOf(sums, of);
  return {
    memSlack: ratio(total.memSlack, total.memReq),
    memSlackUsageWeighted: weighted(sums.memSlack, sums.memReq, sums.memUse, of),
    memSlackMedian: medianRatio(sums.memSlack, sums.memReq, of),
    cpuSlack: ratio(total.cpuSlack, total.cpuReq),
    cpuSlackUsageWeighted: weighted(sums.cpuSlack, sums.cpuReq, sums.cpuUse, of),
    cpuSlackMedian: medianRatio(sums.cpuSlack, sums.cpuReq, of),
    memReqPerUse: ratio(total.memReq, total.memUse),
    cpuReqPerUse: ratio(total.cpuReq, total.cpuUse),
    oomPer1000Days: ratio(1000 * total.oom, total.days),
    oomDayShare: ratio(total.oomDays, total.sampledDays),
    cpuExceeded: ratio(total.cpuOver, total.cpuSteps),
    cpuDeficit: ratio(total.cpuDeficit, total.cpuUse),
    seriesOverCpuObjective: shareOver(sums, objective, of),
    memExceeded: ratio(total.oom, total.memSteps),
    changesPerDay: ratio(total.changes, total.days),
  };
}

function totalsOf(sums: Sums, of: ArrayLike<number>): Record<SumName, number> {
  const totals = Object.fromEntries(sumNames.map((name) => [name, 0])) as Record<SumName, number>;
  for (const name of sumNames) {
    const values = sums[name];
    let total = 0;
    for (let k = 0; k < of.length; k += 1) total += values[of[k] ?? 0] ?? 0;
    totals[name] = total;
  }
  return totals;
}

function ratio(a: number, b: number): number | null {
  return b > 0 ? a / b : null;
}

/** The mean of the containers' own ratios, weighted. */
function weighted(a: Float64Array, b: Float64Array, weights: Float64Array, of: ArrayLike<number>): number | null {
  let [sum, weight] = [0, 0];
  for (let k = 0; k < of.length; k += 1) {
    const i = of[k] ?? 0;
    const divisor = b[i] ?? 0;
    if (!(divisor > 0)) continue;
    sum += ((a[i] ?? 0) / divisor) * (weights[i] ?? 0);
    weight += weights[i] ?? 0;
  }
  return weight > 0 ? sum / weight : null;
}

/** The median of the containers' own ratios. */
function medianRatio(a: Float64Array, b: Float64Array, of: ArrayLike<number>): number | null {
  const ratios = new Float64Array(of.length);
  let count = 0;
  for (let k = 0; k < of.length; k += 1) {
    const i = of[k] ?? 0;
    const divisor = b[i] ?? 0;
    if (!(divisor > 0)) continue;
    ratios[count] = (a[i] ?? 0) / divisor;
    count += 1;
  }
  if (count === 0) return null;
  const sorted = ratios.subarray(0, count).sort();
  return ((sorted[(count - 1) >> 1] ?? 0) + (sorted[count >> 1] ?? 0)) / 2;
}

/** The share of containers in which more steps were exceeded than promised. */
function shareOver({ cpuOver, cpuSteps }: Sums, { cpuExceeded }: PromisedRisk, of: ArrayLike<number>): number | null {
  let over = 0;
  for (let k = 0; k < of.length; k += 1) {
    const i = of[k] ?? 0;
    if ((cpuOver[i] ?? 0) > cpuExceeded * (cpuSteps[i] ?? 0)) over += 1;
  }
  return of.length === 0 ? null : over / of.length;
}
