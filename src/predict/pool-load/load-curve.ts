/** What a history says of how latency depends on load. */
export interface LoadCurve {
  /** Latency without load, seconds; NaN when nothing was measured. */
  readonly idleSeconds: number;
  /** The load at which latency would grow without bound; undefined where latency was never seen to grow with load. */
  readonly capacity: number | undefined;
}

export interface LoadPoint {
  readonly load: number;
  readonly latencySeconds: number;
}

const leastPoints = 24;
const mostBins = 12;
const leastBins = 4;
/** So much of the variance between bins must be explained. */
const leastExplained = 0.5;
/** 1 / latency must fall by so much over the loads that were seen: latency grew to 1.4 times at least. */
const leastFall = 0.3;
/** A bend that lies further than this beyond the highest load seen is a guess. */
const mostBeyond = 3;
const idleShare = 0.2;

/**
 * The curve of a single queue, latency = idle / (1 − load / capacity), fitted as a line through 1 / latency against load: medians of bins with as many points
 * each, so that outliers do not count. Worked: idle 2 ms, capacity 1000 → 4 ms at 500, 20 ms at 900.
 */
export function fitLoadCurve(points: readonly LoadPoint[]): LoadCurve {
  const usable = points.filter(({ load, latencySeconds }) => load >= 0 && latencySeconds > 0);
  const calm = {
    idleSeconds: quantile(
      usable.map((point) => point.latencySeconds),
      idleShare,
    ),
    capacity: undefined,
  };
  if (usable.length < leastPoints) return calm;
  const bins = binned(usable);
  const highest = bins.at(-1)?.load ?? 0;
  if (bins.length < leastBins || !(highest > 0)) return calm;
  const { intercept, slope, explained } = line(bins);
  if (!(slope < 0 && intercept > 0 && explained >= leastExplained)) return calm;
  if ((-slope * highest) / intercept < leastFall) return calm;
  const capacity = -intercept / slope;
  const most = Math.max(...usable.map(({ load }) => load));
  return capacity > mostBeyond * most ? calm : { idleSeconds: 1 / intercept, capacity };
}

/** The share of a queue's time that is taken, as its latency shows it: 0 when idle, nearly 1 when it only waits. */
export function busyShare(idleSeconds: number, latencySeconds: number): number {
  if (!(idleSeconds > 0) || !(latencySeconds > 0)) return 0;
  return Math.min(1, Math.max(0, 1 - idleSeconds / latencySeconds));
}

interface Bin {
  readonly load: number;
  readonly inverse: number;
}

function binned(points: readonly LoadPoint[]): Bin[] {
  const sorted = points.toSorted((one, other) => one.load - other.load);
  const count = Math.min(mostBins, Math.floor(sorted.length / 4));
  const bins: Bin[] = [];
  for (let bin = 0; bin < count; bin += 1) {
    const from = Math.floor((bin * sorted.length) / count);
    const members = sorted.slice(from, Math.floor(((bin + 1) * sorted.length) / count));
    const load = quantile(
      members.map((point) => point.load),
      0.5,
    );
    // Bins of the same load are one: a pool that always does the same says nothing about other loads.
    if (load <= (bins.at(-1)?.load ?? Number.NEGATIVE_INFINITY)) continue;
    bins.push({
      load,
      inverse:
        1 /
        quantile(
          members.map((point) => point.latencySeconds),
          0.5,
        ),
    });
  }
  return bins;
}

function line(bins: readonly Bin[]): { intercept: number; slope: number; explained: number } {
  const mean = (of: (bin: Bin) => number): number => bins.reduce((sum, bin) => sum + of(bin), 0) / bins.length;
  const [meanLoad, meanInverse] = [mean(({ load }) => load), mean(({ inverse }) => inverse)];
  const covariance = mean(({ load, inverse }) => (load - meanLoad) * (inverse - meanInverse));
  const [varianceLoad, variance] = [
    mean(({ load }) => (load - meanLoad) ** 2),
    mean(({ inverse }) => (inverse - meanInverse) ** 2),
  ];
  const slope = covariance / varianceLoad;
  const explained = variance > 0 ? covariance ** 2 / (varianceLoad * variance) : 0;
  return { intercept: meanInverse - slope * meanLoad, slope, explained };
}

/** NaN of nothing. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
