import type { Forecast } from './forecaster.ts';

/** Levels at which a distribution is read for pooling; denser where small risks lie. */
export const poolingLevels = Float64Array.of(
  0.02,
  0.1,
  0.25,
  0.5,
  0.65,
  0.8,
  0.9,
  0.95,
  0.975,
  0.99,
  0.995,
  0.9975,
  0.999,
  0.9995,
  1,
);

/** A distribution as points: at or below `values[i]` with probability `levels[i]`, both ascending. */
export interface Distribution {
  readonly levels: Float64Array;
  readonly values: Float64Array;
}

/** The distribution of a window picked anywhere in the horizon, at the forecast's levels: the steps' distributions, mixed in equal parts. */
export function pooled(forecast: Forecast): Distribution {
  const { levels, values } = forecast;
  if (isSameAtEveryStep(forecast)) return { levels, values: values.slice(0, levels.length) };
  const mixed = mixture(forecast);
  return { levels, values: levels.map((level) => quantileOf(mixed, level)) };
}

function isSameAtEveryStep({ levels, values }: Forecast): boolean {
  for (let i = levels.length; i < values.length; i += 1) if (values[i] !== values[i - levels.length]) return false;
  return true;
}

function mixture({ steps, levels, values }: Forecast): Distribution {
  const order = Uint32Array.from(values.keys()).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const mixed = { levels: new Float64Array(values.length), values: new Float64Array(values.length) };
  let sum = 0;
  for (const [rank, index] of order.entries()) {
    const level = index % levels.length;
    sum += ((levels[level] ?? 0) - (level === 0 ? 0 : (levels[level - 1] ?? 0))) / steps;
    // The last one is all there is: rounding must not leave it below 1.
    mixed.levels[rank] = rank === values.length - 1 ? 1 : Math.min(1, sum);
    mixed.values[rank] = values[index] ?? 0;
  }
  return mixed;
}

/** The value at a level (0–1), linear between the points; the ends' values outside them. */
export function quantileOf({ levels, values }: Distribution, level: number): number {
  let above = 0;
  while (above < levels.length && (levels[above] ?? 1) < level) above += 1;
  if (above === 0) return values[0] ?? 0;
  if (above === levels.length) return values[levels.length - 1] ?? 0;
  const [from, to] = [levels[above - 1] ?? 0, levels[above] ?? 1];
  const share = to > from ? (level - from) / (to - from) : 1;
  return (values[above - 1] ?? 0) * (1 - share) + (values[above] ?? 0) * share;
}
