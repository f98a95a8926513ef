/**
 * A generalised Pareto tail above a threshold: P(X − threshold > x | X > threshold) = (1 + shape·x/scale)^(−1/shape), exp(−x/scale) for shape 0.
 * A negative shape ends at threshold − scale/shape.
 */
export interface PeakTail {
  readonly threshold: number;
  readonly scale: number;
  readonly shape: number;
  /** How many peaks lie above the threshold, and how many of those a day brings. */
  readonly peaks: number;
  readonly perDay: number;
}

/** Fewer peaks than this say nothing of a tail. */
const leastPeaks = 10;
/** A shape is believed within these: beyond, a handful of peaks would promise any height. */
const [leastShape, mostShape] = [-0.5, 0.5];

/**
 * Fits the tail to independent peaks (such as the highest value of each day, or of each cluster above the threshold) by probability-weighted moments: with
 * a0 = mean and a1 = mean of x·(1 − F), scale = 2·a0·a1/(a0 − 2·a1) and shape = 2 − a0/(a0 − 2·a1) (Hosking and Wallis, Technometrics 29, 1987). They are steadier
 * than likelihood for some dozens of peaks. undefined below ten peaks above the threshold.
 */
export function fitPeakTail(peaks: Float64Array, threshold: number, days: number): PeakTail | undefined {
  const above = peaks.filter((peak) => peak > threshold && Number.isFinite(peak)).map((peak) => peak - threshold);
  if (above.length < leastPeaks || !(days > 0)) return undefined;
  return { threshold, peaks: above.length, perDay: above.length / days, ...moments(above.sort()) };
}

/** The height that is exceeded once in so many days on average; the threshold while that is more often than it is. */
export function returnLevel({ threshold, scale, shape, perDay }: PeakTail, days: number): number {
  const expected = perDay * days;
  if (expected <= 1) return threshold;
  const log = Math.log(expected);
  return threshold + (Math.abs(shape) < 1e-9 ? scale * log : (scale / shape) * Math.expm1(shape * log));
}

export interface Band {
  readonly low: number;
  readonly high: number;
}

/** Where the return level lies with a chance of `share`, by parametric bootstrap; `random` gives numbers in [0, 1). */
export function returnBand(
  tail: PeakTail,
  days: number,
  { share, random }: { share: number; random: () => number },
): Band {
  const rounds = 200;
  const levels = new Float64Array(rounds);
  const drawn = new Float64Array(tail.peaks);
  for (let round = 0; round < rounds; round += 1) {
    for (let i = 0; i < drawn.length; i += 1) drawn[i] = drawPeak(tail, random());
    levels[round] = returnLevel({ ...tail, ...moments(drawn.sort()) }, days);
  }
  levels.sort();
  const at = (level: number): number => levels[Math.min(rounds - 1, Math.floor(level * rounds))] ?? Number.NaN;
  return { low: at((1 - share) / 2), high: at((1 + share) / 2) };
}

function moments(sorted: Float64Array): { readonly scale: number; readonly shape: number } {
  let [mean, weighted] = [0, 0];
  for (const [i, value] of sorted.entries()) {
    mean += value / sorted.length;
    // Plotting positions (i − 0.35)/n, as the authors advise.
    weighted += (value * (1 - (i + 0.65) / sorted.length)) / sorted.length;
  }
  const apart = mean - 2 * weighted;
  const shape = apart > 0 ? 2 - mean / apart : mostShape;
  const kept = Math.min(mostShape, Math.max(leastShape, shape));
  // With the shape at a bound the scale follows from the mean alone: mean = scale / (1 − shape).
  return { shape: kept, scale: kept === shape ? (2 * mean * weighted) / apart : mean * (1 - kept) };
}

function drawPeak({ scale, shape }: PeakTail, uniform: number): number {
  const log = -Math.log(1 - uniform);
  return Math.abs(shape) < 1e-9 ? scale * log : (scale / shape) * Math.expm1(shape * log);
}
