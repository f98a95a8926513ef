/** What a forecast is asked for. Step s covers startSeconds + s·stepSeconds … + (s+1)·stepSeconds. */
export interface Horizon {
  readonly startSeconds: number;
  readonly stepSeconds: number;
  readonly steps: number;
}

/** Quantiles over a horizon: `values[step * levels.length + level]`, levels ascending in (0, 1). */
export interface Forecast extends Horizon {
  readonly levels: Float64Array;
  readonly values: Float64Array;
}

/**
 * One model of one series. Every implementation passes test/contract/forecaster.ts: causal, deterministic, finite for any
 * input, state that comes back the same.
 */
export interface Forecaster {
  readonly name: string;
  /**
   * Takes one measurement: `timeSeconds` is the end of its interval (unix seconds). Several at one time are several replicas.
   * A value that is not finite or below zero is left out. Samples may come late.
   */
  update(timeSeconds: number, value: number, weight?: number): void;
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
