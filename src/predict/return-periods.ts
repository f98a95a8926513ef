import { DecayingHistogram } from './decaying-histogram.ts';
import { bucketCount, bucketStart } from './histogram.ts';
import type { Distribution } from './pooled.ts';
import { quantileOf } from './pooled.ts';

/** What the highest value of a distribution is taken for: exceeded once in so many measurements. */
const periodOfHighest = 1e4;
/** Beyond the highest value v the period grows as (value / v)^5, a Pareto tail of index 0.2 … */
const tailPower = 5;
/** … up to this ratio: a value that was asked for stays within a quarter above the highest one known. */
const highestRatio = 1.25;
const negligibleWeight = 1e-6;
const buckets = { firstBucket: 0.05, ratio: 1.05, maxValue: 4e4, epsilon: 1e-9 } as const;
/** Start of each bucket, and the end of the last one. */
const starts = Float64Array.from({ length: bucketCount(buckets) + 1 }, (_, bucket) => bucketStart(buckets, bucket));

/**
 * How rare a value is by a distribution: exceeded once in so many measurements, from 1 up. Only what lies beyond `allowance` times the highest value
 * counts as beyond it: the rest was allowed for.
 */
export function periodOf(distribution: Distribution, value: number, allowance = 1): number {
  const { levels, values } = distribution;
  const highest = highestOf(distribution) * allowance;
  if (value > highest) return periodOfHighest * Math.min(value / highest, highestRatio) ** tailPower;
  let above = 0;
  while (above < values.length - 1 && (values[above] ?? 0) < value) above += 1;
  const [from, to] = [values[above - 1] ?? 0, values[above] ?? 0];
  const share = above > 0 && to > from ? (value - from) / (to - from) : 1;
  const level = (levels[above - 1] ?? 0) * (1 - share) + (levels[above] ?? 1) * share;
  return 1 / Math.max(1 - level, 1 / periodOfHighest);
}

/** The inverse of periodOf without an allowance. */
export function valueAt(distribution: Distribution, period: number): number {
  if (period < periodOfHighest) return quantileOf(distribution, 1 - 1 / Math.max(1, period));
  return highestOf(distribution) * Math.min((period / periodOfHighest) ** (1 / tailPower), highestRatio);
}

/**
 * How rare measurements were by the forecasts that stood for them, half forgotten after a half-life. A forecast that keeps its word sees
 * a period beyond y once in y measurements; what is asked for a risk r is the period that was in fact exceeded with r. The forecast's
 * own word counts as c promised exceedances, that is c / r measurements: with c = 0.3 at r = 0.1 % it is outweighed by one exceedance in the first 700
 * measurements, by two in the first 1,700; with c = 3 by four in the first 1,000.
 * This is conformal prediction with decaying weights (Barber, Candès, Ramdas and Tibshirani, Ann. Stat. 51, 2023) on the scores of
 * distributional conformal prediction (Chernozhukov, Wüthrich and Zhu, PNAS 118, 2021).
 */
export class ReturnPeriods {
  readonly #histogram: DecayingHistogram;

  readonly #wordExceedances: number;

  constructor(halfLifeSeconds: number, wordExceedances: number) {
    this.#wordExceedances = wordExceedances;
    this.#histogram = new DecayingHistogram(buckets, halfLifeSeconds);
  }

  add(timeSeconds: number, period: number): void {
    this.#histogram.add(period, 1, timeSeconds);
  }

  /** A measurement that was added turned out rarer. */
  replace(timeSeconds: number, period: number, by: number): void {
    this.#histogram.subtract(period, 1, timeSeconds);
    this.#histogram.add(by, 1, timeSeconds);
  }

  /** The period to ask a forecast for, so that it is exceeded with a risk; 1/risk while nothing was measured. */
  periodFor(risk: number, nowSeconds: number): number {
    const { weights, totalWeight } = this.#histogram.histogram;
    const measured = this.#histogram.weightAt(nowSeconds);
    const scale = totalWeight > 0 ? measured / totalWeight : 0;
    const prior = this.#wordExceedances / risk;
    const allowed = risk * (measured + prior);
    let beyond = 0;
    for (let bucket = weights.count - 1; bucket >= 0; bucket -= 1) {
      const weight = weights.get(bucket) * scale;
      const start = starts[bucket] ?? 0;
      if (beyond + weight + prior / Math.max(1, start) > allowed) {
        if (weight <= negligibleWeight) return Math.max(start, prior / (allowed - beyond));
        return starts[bucket + 1] ?? start;
      }
      beyond += weight;
    }
    return 1;
  }

  save(): Float64Array {
    return this.#histogram.save();
  }

  /** Throws OUTLOOK_INVALID when the numbers do not fit. */
  load(numbers: Float64Array): void {
    this.#histogram.load(numbers);
  }
}

function highestOf({ values }: Distribution): number {
  return Math.max(values.at(-1) ?? 0, Number.MIN_VALUE);
}
