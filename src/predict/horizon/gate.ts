import { expertCount } from './expert-list.ts';
import { gateBiases, gateSlopes } from './gate-weights.ts';
import { bucketCount } from './lead-buckets.ts';
import { recordFeatures, type TrackRecord } from './track-record.ts';

/** How experts compare by their record and by how well their forecast of the next hour fits the last quarter and the last hour. */
export const featureCount = recordFeatures + 2;
/** A feature is ln(loss / least loss), both raised by this share of the median loss: on a constant course all are nearly as good. */
const raised = 0.03;
const largestFeature = 3;
/** What is said of an expert that was not judged yet. */
const unknownFeature = 1;

/** `biases[bucket * expertCount + expert]`, `slopes[bucket * featureCount + feature]`. */
export interface GateWeights {
  readonly biases: Float64Array;
  readonly slopes: Float64Array;
}

export const shippedGate: GateWeights = {
  biases: Float64Array.from(
    { length: bucketCount * expertCount },
    (_, i) => gateBiases[Math.floor(i / expertCount)]?.[i % expertCount] ?? 0,
  ),
  slopes: Float64Array.from(
    { length: bucketCount * featureCount },
    (_, i) => gateSlopes[Math.floor(i / featureCount)]?.[i % featureCount] ?? 0,
  ),
};

/** How well each expert's next hour fits the present: mean pinball losses of the last quarter's median and of the last hour; NaN for the silent. */
export interface Fit {
  readonly quarter: Float64Array;
  readonly hour: Float64Array;
}

/** `features[(bucket * featureCount + feature) * expertCount + expert]`, from 0 (as good as the best) to 3. */
export function featuresOf(record: TrackRecord, fit: Fit): Float64Array {
  const features = new Float64Array(bucketCount * featureCount * expertCount);
  const losses = new Float64Array(expertCount);
  for (let bucket = 0; bucket < bucketCount; bucket += 1) {
    for (let feature = 0; feature < featureCount; feature += 1) {
      if (feature < recordFeatures) record.means(bucket, feature, losses);
      else losses.set(feature === recordFeatures ? fit.quarter : fit.hour);
      compare(losses, features.subarray((bucket * featureCount + feature) * expertCount));
    }
  }
  return features;
}

/** Weights of the experts that speak, by softmax(bias − Σ slope · feature); they sum to 1. */
export function weightsOf(gate: GateWeights, features: Float64Array, bucket: number, speaks: Uint8Array): Float64Array {
  const scores = new Float64Array(expertCount).fill(Number.NEGATIVE_INFINITY);
  let most = Number.NEGATIVE_INFINITY;
  for (let expert = 0; expert < expertCount; expert += 1) {
    if (speaks[expert] === 0) continue;
    let score = gate.biases[bucket * expertCount + expert] ?? 0;
    for (let feature = 0; feature < featureCount; feature += 1) {
      const place = bucket * featureCount + feature;
      score -= (gate.slopes[place] ?? 0) * (features[place * expertCount + expert] ?? 0);
    }
    scores[expert] = score;
    if (score > most) most = score;
  }
  let sum = 0;
  for (let expert = 0; expert < expertCount; expert += 1)
    sum += scores[expert] = Math.exp((scores[expert] ?? 0) - most);
  return scores.map((score) => score / sum);
}

function compare(losses: Float64Array, out: Float64Array): void {
  const known = losses.filter((loss) => !Number.isNaN(loss)).sort();
  if (known.length === 0) return;
  const least = known[0] ?? 0;
  const raise = raised * (known[known.length >> 1] ?? 0) + Number.MIN_VALUE;
  for (let expert = 0; expert < expertCount; expert += 1) {
    const loss = losses[expert] ?? Number.NaN;
    out[expert] = Number.isNaN(loss)
      ? unknownFeature
      : Math.min(largestFeature, Math.log((loss + raise) / (least + raise)));
  }
}
