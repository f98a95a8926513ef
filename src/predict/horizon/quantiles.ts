/** Levels that experts speak of: every twentieth, and the tails. The highest is the largest value seen. */
export const gridLevels = Float64Array.of(0.01, ...Array.from({ length: 19 }, (_, i) => (i + 1) / 20), 0.99, 0.999, 1);
export const gridSize = gridLevels.length;

/** Experts are judged by the levels from 0.05 to 0.99: the tails beyond are too rare to choose by. */
export const [firstJudged, lastJudged] = [1, gridSize - 3] as const;

/** Mean pinball loss of the grid of quantiles at `at`. Koenker and Bassett, Econometrica 46, 1978. */
export function pinballLoss(value: number, quantiles: Float64Array, at: number): number {
  let sum = 0;
  for (let i = firstJudged; i <= lastJudged; i += 1) {
    const above = value - (quantiles[at + i] ?? 0);
    sum += above > 0 ? (gridLevels[i] ?? 0) * above : ((gridLevels[i] ?? 0) - 1) * above;
  }
  return sum / (lastJudged - firstJudged + 1);
}

/**
 * The grid's quantiles of the first `count` numbers of a buffer, which it sorts: Hazen's plotting positions (k − ½)/n, straight between them, the extremes
 * beyond. Written to `out` from `at` on.
 */
export function quantilesOf(samples: Float64Array, count: number, out: Float64Array, at: number): void {
  const sorted = sortFirst(samples, count);
  for (let i = 0; i < gridSize; i += 1) {
    const place = Math.min(count - 1, Math.max(0, (gridLevels[i] ?? 0) * count - 0.5));
    const below = Math.floor(place);
    const low = sorted[below] ?? 0;
    const high = sorted[Math.min(count - 1, below + 1)] ?? low;
    out[at + i] = low + (place - below) * (high - low);
  }
}

/** Insertion is faster than the engine's sort up to some dozens of numbers. */
const fewSamples = 48;

function sortFirst(samples: Float64Array, count: number): Float64Array {
  if (count > fewSamples) return samples.subarray(0, count).sort();
  for (let i = 1; i < count; i += 1) {
    const value = samples[i] ?? 0;
    let place = i - 1;
    while (place >= 0 && (samples[place] ?? 0) > value) {
      samples[place + 1] = samples[place] ?? 0;
      place -= 1;
    }
    samples[place + 1] = value;
  }
  return samples;
}
