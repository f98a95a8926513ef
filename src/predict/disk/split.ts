import type { Binned } from './bins.ts';

export interface SplitRules {
  /** Added to the hessian of every leaf. */
  readonly ridge: number;
  /** Least hessian of a leaf. */
  readonly leastHessian: number;
}

export interface BestSplit {
  readonly feature: number;
  /** Bins up to this one go left. */
  readonly bin: number;
  readonly threshold: number;
  readonly isNanRight: boolean;
  readonly gain: number;
  readonly leftValue: number;
  readonly rightValue: number;
}

/** Sums of gradients and hessians by bin, 64 for each feature in use, by its place in the list. */
export interface Histogram {
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
  readonly sumGradient: number;
  readonly sumHessian: number;
}

const stride = 64;

export function histogramOf(
  binned: Binned,
  rows: Uint32Array,
  gradient: Float64Array,
  hessian: Float64Array,
  features: readonly number[],
): Histogram {
  const g = new Float64Array(stride * features.length);
  const h = new Float64Array(stride * features.length);
  for (const [place, feature] of features.entries()) addColumn(binned.columns[feature], place * stride);
  return { gradient: g, hessian: h, sumGradient: sumOf(gradient, rows), sumHessian: sumOf(hessian, rows) };

  function addColumn(column: Uint8Array | undefined, base: number): void {
    if (column === undefined) return;
    for (let i = 0; i < rows.length; i += 1) {
      const row = rows[i] as number;
      const at = base + (column[row] as number);
      g[at] = (g[at] as number) + (gradient[row] as number);
      h[at] = (h[at] as number) + (hessian[row] as number);
    }
  }
}

function sumOf(values: Float64Array, rows: Uint32Array): number {
  let sum = 0;
  for (let i = 0; i < rows.length; i += 1) sum += values[rows[i] as number] as number;
  return sum;
}

/** The histogram of what is left when part of the rows are taken away. */
export function subtract(whole: Histogram, part: Histogram): Histogram {
  return {
    gradient: whole.gradient.map((value, i) => value - (part.gradient[i] ?? 0)),
    hessian: whole.hessian.map((value, i) => value - (part.hessian[i] ?? 0)),
    sumGradient: whole.sumGradient - part.sumGradient,
    sumHessian: whole.sumHessian - part.sumHessian,
  };
}

interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** The split that gains most while it keeps the rules, bounds and direction; undefined when none gains anything. */
export function bestSplit(
  histogram: Histogram,
  features: readonly number[],
  binned: Binned,
  rules: SplitRules,
  bounds: Bounds,
): BestSplit | undefined {
  let best: BestSplit | undefined;
  for (const [place, feature] of features.entries()) {
    const edges = binned.edges[feature] ?? new Float64Array();
    for (const isNanRight of hasNan(histogram, place) ? [false, true] : [false]) {
      best = bestOfFeature(histogram, place, { feature, edges, isNanRight }, rules, bounds, best);
    }
  }
  return best;
}

function hasNan(histogram: Histogram, place: number): boolean {
  return (histogram.hessian[place * stride] ?? 0) > 1e-9;
}

interface Candidate {
  readonly feature: number;
  readonly edges: Float64Array;
  readonly isNanRight: boolean;
}

function bestOfFeature(
  histogram: Histogram,
  place: number,
  { feature, edges, isNanRight }: Candidate,
  rules: SplitRules,
  bounds: Bounds,
  before: BestSplit | undefined,
): BestSplit | undefined {
  const base = place * stride;
  const { gradient, hessian, sumGradient, sumHessian } = histogram;
  const whole = gainOf(sumGradient, sumHessian, rules.ridge);
  let best = before;
  let g = isNanRight ? 0 : (gradient[base] ?? 0);
  let h = isNanRight ? 0 : (hessian[base] ?? 0);
  for (let bin = 1; bin <= edges.length; bin += 1) {
    g += gradient[base + bin] ?? 0;
    h += hessian[base + bin] ?? 0;
    if (h < rules.leastHessian || sumHessian - h < rules.leastHessian) continue;
    const leftValue = clamp(-g / (h + rules.ridge), bounds);
    const rightValue = clamp(-(sumGradient - g) / (sumHessian - h + rules.ridge), bounds);
    const gain = gainOf(g, h, rules.ridge) + gainOf(sumGradient - g, sumHessian - h, rules.ridge) - whole;
    if (rightValue >= leftValue && gain > least(best)) {
      best = { feature, bin, threshold: edges[bin - 1] ?? 0, isNanRight, gain, leftValue, rightValue };
    }
  }
  return best;
}

function least(best: BestSplit | undefined): number {
  return best?.gain ?? 1e-9;
}

function gainOf(gradient: number, hessian: number, ridge: number): number {
  return gradient ** 2 / (hessian + ridge);
}

function clamp(value: number, { low, high }: Bounds): number {
  return Math.min(high, Math.max(low, value));
}
