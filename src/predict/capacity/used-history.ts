/** What was measured of one thing that fills: ascending unix seconds, and what was used then (NaN where nothing was measured). */
export interface UsedHistory {
  readonly times: Float64Array;
  readonly used: Float64Array;
}

export interface EvenHistory {
  readonly stepSeconds: number;
  /** Unix seconds of the newest value. */
  readonly lastSeconds: number;
  readonly used: Float64Array;
}

const mostSteps = 192;

/**
 * The same on even steps that end at the newest value, each with the newest value known by then; at most 192 steps. undefined when there are no two
 * measurements.
 */
export function evenHistory({ times, used }: UsedHistory): EvenHistory | undefined {
  const known = [...times.keys()].filter((i) => Number.isFinite(used[i]));
  const at = known.map((i) => times[i] ?? 0);
  const [first = 0, last = 0] = [at[0], at.at(-1)];
  const steps = Math.min(mostSteps, known.length - 1);
  if (!(last > first)) return undefined;
  const stepSeconds = (last - first) / steps;
  const even = new Float64Array(steps + 1);
  let place = 0;
  for (let step = 0; step <= steps; step += 1) {
    // A hair later, so that what was measured at the step itself counts.
    const until = step === steps ? last : first + (step + 1e-9) * stepSeconds;
    while ((at[place + 1] ?? Number.POSITIVE_INFINITY) <= until) place += 1;
    even[step] = used[known[place] ?? 0] ?? 0;
  }
  return { stepSeconds, lastSeconds: last, used: even };
}
