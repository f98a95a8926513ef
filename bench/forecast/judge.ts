import { levels } from './levels.ts';
import { horizonSteps } from './origins.ts';

/** How quantile forecasts of one series fared, over all its origins. */
export interface Score {
  /** Mean pinball loss over steps, levels and origins, in the unit of the series; NaN when a forecast is missing. */
  readonly loss: number;
  /** How often what came was not above each level's quantile, and of how many. */
  readonly covered: Float64Array;
  /** How often it was below it: less than that where courses stand still, since what equals all quantiles is above none. */
  readonly below: Float64Array;
  readonly judged: number;
}

/**
 * `forecasts[(origin * horizonSteps + step) * levels.length + level]` against what came. Pinball loss of a quantile q at level τ for y:
 * τ·(y − q) above it, (1 − τ)·(q − y) below (Koenker and Bassett, Econometrica 46, 1978).
 */
export function scoreOf(values: Float64Array, origins: readonly number[], forecasts: ArrayLike<number>): Score {
  const covered = new Float64Array(levels.length);
  const below = new Float64Array(levels.length);
  let [sum, judged] = [0, 0];
  for (const [i, origin] of origins.entries()) {
    for (let step = 0; step < horizonSteps; step += 1) {
      const value = values[origin + step] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      judged += 1;
      sum += take(value, forecasts, (i * horizonSteps + step) * levels.length, { covered, below });
    }
  }
  return { loss: sum / (judged * levels.length), covered, below, judged };
}

function take(
  value: number,
  forecasts: ArrayLike<number>,
  at: number,
  { covered, below }: Pick<Score, 'covered' | 'below'>,
): number {
  let sum = 0;
  for (let i = 0; i < levels.length; i += 1) {
    const above = value - (forecasts[at + i] ?? Number.NaN);
    if (above <= 0) covered[i] = (covered[i] ?? 0) + 1;
    if (above < 0) below[i] = (below[i] ?? 0) + 1;
    sum += above > 0 ? (levels[i] ?? 0) * above : ((levels[i] ?? 0) - 1) * above;
  }
  return sum;
}
