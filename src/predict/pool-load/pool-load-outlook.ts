import type { Forecast } from '../forecaster.ts';

/** What a pool does and is expected to do. Latencies are those of its OSDs, weighted by their operations, in seconds. */
export interface PoolLoadOutlook {
  readonly now: {
    readonly iops: number;
    readonly bytesPerSecond: number;
    readonly latencySeconds: number;
    /** Operations under way at once on each of its OSDs, in the mean. */
    readonly inFlight?: number;
  };
  /** Quantiles (levels 0.1, 0.5, 0.9) of each step; undefined before there is history. */
  readonly iops: Forecast | undefined;
  readonly bytesPerSecond: Forecast | undefined;
  readonly latencySeconds: Forecast | undefined;
  /** How long it was watched; undefined where that is not known. */
  readonly watchedSeconds?: number;
  /** Its latency when it is idle, from its history; NaN where it is not known. */
  readonly idleLatencySeconds: number;
  /** Operations and bytes a second at which its latency bends, from its history; undefined where it was never seen to bend. */
  readonly capacity: { readonly iops: number | undefined; readonly bytesPerSecond: number | undefined };
  /** The share of what its history shows it can do that is used now, and that is expected in each step (level 0.9), 0–1. */
  readonly saturation: { readonly now: number; readonly steps: Float64Array };
}
