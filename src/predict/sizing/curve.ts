/** How likely more than the end of each bucket of a grid is: not rising, from at most 1. */
export type ExceedanceCurve = Float64Array;

/** What lies beyond the values seen: a value is exceeded with `share`, and twice it with share · 2^−power (a Pareto tail). */
export interface Tail {
  readonly share: number;
  readonly power: number;
}

/**
 * The curve of weighted values, each smeared upwards by the tail. One pass: what the values below give to a bucket fades by ratio^−power from
 * one bucket to the next.
 */
export function curveOf(weights: Float64Array, total: number, ratio: number, tail: Tail): ExceedanceCurve {
  const curve = new Float64Array(weights.length);
  const fade = ratio ** -tail.power;
  let [within, beyond] = [0, 0];
  for (let bucket = 0; bucket < weights.length; bucket += 1) {
    const weight = weights[bucket] ?? 0;
    within += weight;
    beyond = beyond * fade + weight * tail.share;
    curve[bucket] = Math.max(0, (total - within + beyond) / total);
  }
  return curve;
}

/** A curve without the buckets that are surely exceeded and those that never are, in 32 bits: what is kept until it is known what came. */
export interface CurvePart {
  readonly from: number;
  readonly values: Float32Array;
}

/** Chances below this are left out: a likelihood is never taken for less than a thousand times that. */
const negligible = 1e-7;

export function partOf(curve: ExceedanceCurve): CurvePart {
  let from = 0;
  while (from < curve.length && (curve[from] ?? 0) >= 1) from += 1;
  let end = curve.length;
  while (end > from && (curve[end - 1] ?? 0) < negligible) end -= 1;
  return { from, values: Float32Array.from(curve.subarray(from, end)) };
}

/** The probability that a curve gave to a bucket and its neighbours; never 0, so that one surprise does not silence it for good. */
export function likelihoodOf(part: CurvePart, bucket: number): number {
  return Math.max(1e-4, chanceAt(part, bucket - 2) - chanceAt(part, bucket + 1));
}

function chanceAt({ from, values }: CurvePart, bucket: number): number {
  return bucket < from ? 1 : (values[bucket - from] ?? 0);
}
