/** How likely more than the end of each bucket of a grid is: not rising, from at most 1. */
export type ExceedanceCurve = Float64Array;

/** What lies beyond the values seen: a value is exceeded with `share`, and twice it with share · 2^−power (a Pareto tail). */
export interface Tail {
  readonly share: number;
  readonly power: number;
}

/** Chances below this are taken for none. */
const negligible = 1e-7;

/**
 * The curve of weighted values, each smeared upwards by the tail, over so many buckets from that of the first weight. One pass: what the values below
 * give to a bucket fades by ratio^−power from one bucket to the next.
 */
export function curveOf(
  weights: Float64Array | Float32Array,
  total: number,
  ratio: number,
  tail: Tail,
  length = weights.length,
): ExceedanceCurve {
  const curve = new Float64Array(length);
  const fade = ratio ** -tail.power;
  let [within, beyond] = [0, 0];
  for (let bucket = 0; bucket < length; bucket += 1) {
    const weight = bucket < weights.length ? (weights[bucket] ?? 0) : 0;
    within += weight;
    beyond = beyond * fade + weight * tail.share;
    curve[bucket] = Math.max(0, (total - within + beyond) / total);
  }
  return curve;
}

/** After so many buckets a tail gives nothing any more. */
export function lengthOf({ share, power }: Tail, ratio: number): number {
  return Math.max(0, Math.ceil(Math.log(share / negligible) / (power * Math.log(ratio))));
}

/** A curve without the buckets that are surely exceeded and those that never are, in 32 bits. */
export interface CurvePart {
  readonly low: number;
  readonly chances: Float32Array;
}

/** The whole of it, for a grid of so many buckets. */
export function wholeOf({ low, chances }: CurvePart, count: number): ExceedanceCurve {
  const curve = new Float64Array(count);
  curve.fill(1, 0, low);
  curve.set(chances, low);
  return curve;
}
