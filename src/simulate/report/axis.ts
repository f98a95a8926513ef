/** From values to coordinates, and where marks stand. */
export interface Axis {
  place(value: number): number;
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

const niceSteps = [1, 2, 5, 10];
const mostDecades = 8;

/** Even steps from 0 (or `low`) to `high`. */
export function linearAxis(low: number, high: number, from: number, to: number, text: (value: number) => string): Axis {
  const span = Math.max(high - low, 1e-9);
  const place = (value: number): number => from + ((value - low) / span) * (to - from);
  const rough = span / 4;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = magnitude * (niceSteps.find((nice) => nice * magnitude >= rough) ?? 10);
  const ticks: { at: number; text: string }[] = [];
  for (let value = Math.ceil(low / step) * step; value <= high + 1e-9 * span; value += step) {
    ticks.push({ at: place(value), text: text(value) });
  }
  return { place, ticks };
}

/** Powers of ten from the lowest to the highest; what is below the lowest (0 too) stands on a place of its own before it. */
export function logAxis(values: readonly number[], from: number, to: number, text: (value: number) => string): Axis {
  const positive = values.filter((value) => value > 0);
  const top = Math.ceil(Math.log10(Math.max(...positive, 1e-9)));
  // Further down than this there is nothing to be told apart.
  const low = Math.max(top - mostDecades, Math.floor(Math.log10(Math.min(...positive, 1))));
  const high = Math.max(low + 1, top);
  // One more decade than there are, for 0.
  const place = (value: number): number => {
    const decade = value > 0 ? Math.max(low - 0.5, Math.log10(value)) : low - 0.5;
    return from + ((decade - low + 0.5) / (high - low + 0.5)) * (to - from);
  };
  const ticks = [{ at: place(0), text: '0' }];
  for (let decade = low; decade <= high; decade += 1) ticks.push({ at: place(10 ** decade), text: text(10 ** decade) });
  return { place, ticks };
}
