/** What a forecast is asked for. Step s covers startSeconds + s·stepSeconds … + (s+1)·stepSeconds. */
export interface Horizon {
  readonly startSeconds: number;
  readonly stepSeconds: number;
  readonly steps: number;
}

/** Quantiles over a horizon: `values[step * levels.length + level]`, levels ascending in (0, 1]. */
export interface Forecast extends Horizon {
  readonly levels: Float64Array;
  readonly values: Float64Array;
}

/** Mean and variance of each step of a horizon. */
export interface Moments {
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

/**
 * One model of one series. Every implementation passes test/contract/forecaster.ts: causal, deterministic, finite for any
 * input, state that comes back the same.
 */
export interface Forecaster {
  readonly name: string;
  /**
   * Takes one measurement: `timeSeconds` is the end of its interval (unix seconds). Several at one time are several replicas, told apart
   * by `replica` where a model needs that. A value that is not finite, below zero or above 2^63 is left out. Samples may come late.
   */
  update(timeSeconds: number, value: number, replica?: string): void;
  /** Quantiles over the horizon, non-decreasing in the level, ≥ 0; undefined before the first sample. */
  predict(horizon: Horizon, levels: Float64Array): Forecast | undefined;
  /** The whole state, with a version and a checksum; `restore` of the same kind reads it. */
  save(): Uint8Array;
}

/** A kind of model. */
export interface ForecasterKind<T extends Forecaster = Forecaster> {
  readonly name: string;
  create(): T;
  /** Throws OUTLOOK_INVALID when the bytes are damaged or of a version it does not know. */
  restore(bytes: Uint8Array): T;
}

/** Kubernetes holds no quantity above this. */
const largestValue = 2 ** 63;

/** Whether a measurement can be used at all. */
export function isUsable(timeSeconds: number, value: number): boolean {
  return Number.isFinite(timeSeconds) && value >= 0 && value <= largestValue;
}
