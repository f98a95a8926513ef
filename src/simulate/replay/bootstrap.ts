import type { PromisedRisk } from '../policy.ts';
import { type FigureName, figureNames, figuresOf } from './figures.ts';
import type { Sums } from './tally.ts';

export const bootstrapSamples = 2000;
const seed = 1;

/** Figures of resampled fleets: `values[sample * figureNames.length + figure]`, NaN where a figure is null. */
export type Resampled = Float64Array;

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Figures of fleets of the same size drawn with replacement from the containers. The same seed draws the same fleets for every policy, so that differences
 * of two policies are paired (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapters 8 and 13).
 */
export function resample(sums: Sums, objective: PromisedRisk, samples = bootstrapSamples): Resampled {
  const count = sums.days.length;
  const random = randomNumbers(seed);
  const picks = new Uint32Array(count);
  const values = new Float64Array(samples * figureNames.length);
  for (let sample = 0; sample < samples; sample += 1) {
    for (let i = 0; i < count; i += 1) picks[i] = Math.floor(random() * count);
    const figures = figuresOf(sums, objective, picks);
    for (const [f, name] of figureNames.entries()) {
      values[sample * figureNames.length + f] = figures[name] ?? Number.NaN;
    }
  }
  return values;
}

/** The 95 % percentile interval of a figure, or of its difference to another policy's; undefined where it is never defined. */
export function intervalOf(name: FigureName, of: Resampled, reference?: Resampled): Interval | undefined {
  const f = figureNames.indexOf(name);
  const values: number[] = [];
  for (let at = f; at < of.length; at += figureNames.length) {
    const value = (of[at] ?? Number.NaN) - (reference === undefined ? 0 : (reference[at] ?? Number.NaN));
    if (!Number.isNaN(value)) values.push(value);
  }
  if (values.length === 0) return undefined;
  const sorted = Float64Array.from(values).sort();
  return { low: percentile(sorted, 0.025), high: percentile(sorted, 0.975) };
}

/** Linear between the two nearest of a sorted array. */
function percentile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? 0;
  const above = sorted[Math.ceil(at)] ?? 0;
  return below + (above - below) * (at - Math.floor(at));
}

/** Numbers in [0, 1): sfc32 by Chris Doty-Humphrey (PractRand), 128 bits of state, passes its tests up to 32 TB. */
function randomNumbers(seed: number): () => number {
  let [a, b, c, counter] = [0, seed, 0, 1];
  const next = (): number => {
    const mixed = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + mixed;
    c |= 0;
    return (mixed >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 15; i += 1) next();
  return next;
}
