import { expertCount } from './expert-list.ts';
import { type GateWeights, weightsOf } from './gate.ts';
import { bucketCount, bucketOf } from './lead-buckets.ts';
import type { Panel } from './panel.ts';
import { gridSize } from './quantiles.ts';

/** What the experts say, and the features to weigh them by (gate.ts). */
export interface Present {
  readonly panel: Panel;
  readonly features: Float64Array;
}

/** Less weight than this is not worth the time. */
const leastWeight = 1e-4;

/**
 * Quantiles of the grid for each lead: the experts' averaged level by level with the gate's weights (Vincent's average: it is as wide as the experts
 * are, not as wide as they disagree), none below zero. `out[lead * gridSize + level]`.
 */
export function mixedQuantiles({ panel, features }: Present, gate: GateWeights): Float64Array {
  const { quantiles, leads, speaks } = panel;
  const out = new Float64Array(leads.length * gridSize);
  const weights = Array.from({ length: bucketCount }, (_, bucket) => kept(weightsOf(gate, features, bucket, speaks)));
  for (const [i, lead] of leads.entries()) {
    const ofLead = weights[bucketOf(lead)];
    for (let expert = 0; expert < expertCount; expert += 1) {
      const weight = ofLead?.[expert] ?? 0;
      if (weight === 0) continue;
      const at = (expert * leads.length + i) * gridSize;
      for (let level = 0; level < gridSize; level += 1) {
        out[i * gridSize + level] = (out[i * gridSize + level] ?? 0) + weight * (quantiles[at + level] ?? 0);
      }
    }
    raise(out, i * gridSize);
  }
  return out;
}

function kept(weights: Float64Array): Float64Array {
  const large = weights.map((weight) => (weight < leastWeight ? 0 : weight));
  const sum = large.reduce((a, b) => a + b, 0);
  return large.map((weight) => weight / sum);
}

/** Not below zero, and not falling with the level: sums of rising numbers may fall by a rounding. */
function raise(quantiles: Float64Array, at: number): void {
  let least = 0;
  for (let level = at; level < at + gridSize; level += 1) {
    least = Math.max(least, quantiles[level] ?? 0);
    quantiles[level] = least;
  }
}
