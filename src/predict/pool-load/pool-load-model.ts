import { ThinnedSeries } from '../capacity/thinned-series.ts';
import type { UsedHistory } from '../capacity/used-history.ts';
import type { Forecast, Horizon } from '../forecaster.ts';
import { SeasonalForecaster, seasonalKind } from '../seasonal.ts';
import { busyShare, fitLoadCurve, type LoadCurve, type LoadPoint } from './load-curve.ts';
import type { PoolLoadOutlook } from './pool-load-outlook.ts';

/** What a pool did in the time before a reading. What was not measured is NaN, as is latency where nothing was done. */
export interface PoolLoadSample {
  readonly iops: number;
  readonly bytesPerSecond: number;
  readonly latencySeconds: number;
  /** Operations that were under way at once on each of its OSDs, in the mean, those of other pools too (Little: rate × latency). */
  readonly inFlight: number;
}

/** What was learned of a pool; not what it does now. */
export interface SavedPoolLoad {
  readonly forecasters: Readonly<Record<'iops' | 'bytes' | 'latency' | 'inFlight', Uint8Array>>;
  readonly loads: Readonly<Record<'iops' | 'bytes' | 'latency', UsedHistory>>;
  readonly firstSeconds: number;
}

export const forecastLevels = Float64Array.of(0.1, 0.5, 0.9);
const nowHalfLifeSeconds = 45;
/** Under so many operations a second a latency is that of a few of them: it counts less. */
const tellingIops = 5;
/** With so many operations under way an OSD counts as half taken: more than one client waits for it, fewer than it can overlap. */
const halfTakenInFlight = 4;

/** Learns what one pool does: its load by hour of the day and of the week, and how its latency answers to load. */
export class PoolLoadModel {
  readonly #iops: SeasonalForecaster;
  readonly #bytes: SeasonalForecaster;
  readonly #latency: SeasonalForecaster;
  readonly #inFlight: SeasonalForecaster;
  readonly #loads: Readonly<Record<'iops' | 'bytes' | 'latency', ThinnedSeries>>;
  #now: PoolLoadSample = { iops: 0, bytesPerSecond: 0, latencySeconds: Number.NaN, inFlight: 0 };
  /** How far the present latency is one of now: it is 0 when nothing was done for a while. */
  #telling = 0;
  #nowSeconds = Number.NEGATIVE_INFINITY;
  #firstSeconds: number;

  /** A new one, or one that goes on from what save() gave. Throws OUTLOOK_INVALID when that is damaged. */
  constructor(saved?: SavedPoolLoad) {
    const forecaster = (bytes: Uint8Array | undefined): SeasonalForecaster =>
      bytes === undefined ? new SeasonalForecaster() : seasonalKind.restore(bytes);
    const series = (history: UsedHistory | undefined): ThinnedSeries =>
      history === undefined ? new ThinnedSeries() : ThinnedSeries.of(history);
    this.#iops = forecaster(saved?.forecasters.iops);
    this.#bytes = forecaster(saved?.forecasters.bytes);
    this.#latency = forecaster(saved?.forecasters.latency);
    this.#inFlight = forecaster(saved?.forecasters.inFlight);
    const { iops, bytes, latency } = saved?.loads ?? {};
    this.#loads = { iops: series(iops), bytes: series(bytes), latency: series(latency) };
    this.#firstSeconds = saved?.firstSeconds ?? Number.POSITIVE_INFINITY;
  }

  save(): SavedPoolLoad {
    const { iops, bytes, latency } = this.#loads;
    return {
      forecasters: {
        iops: this.#iops.save(),
        bytes: this.#bytes.save(),
        latency: this.#latency.save(),
        inFlight: this.#inFlight.save(),
      },
      loads: { iops: iops.history(), bytes: bytes.history(), latency: latency.history() },
      firstSeconds: this.#firstSeconds,
    };
  }

  update(timeSeconds: number, sample: PoolLoadSample): void {
    if (timeSeconds <= this.#nowSeconds) return;
    this.#firstSeconds = Math.min(this.#firstSeconds, timeSeconds);
    this.#iops.update(timeSeconds, sample.iops);
    this.#bytes.update(timeSeconds, sample.bytesPerSecond);
    this.#latency.update(timeSeconds, sample.latencySeconds);
    this.#inFlight.update(timeSeconds, sample.inFlight);
    if (sample.latencySeconds > 0 && Number.isFinite(sample.iops) && Number.isFinite(sample.bytesPerSecond)) {
      this.#loads.iops.add(timeSeconds, sample.iops);
      this.#loads.bytes.add(timeSeconds, sample.bytesPerSecond);
      this.#loads.latency.add(timeSeconds, sample.latencySeconds);
    }
    const kept = 2 ** -((timeSeconds - this.#nowSeconds) / nowHalfLifeSeconds);
    this.#telling = blend(this.#telling, tellingOf(sample), kept);
    this.#now = {
      iops: blend(this.#now.iops, sample.iops, kept),
      bytesPerSecond: blend(this.#now.bytesPerSecond, sample.bytesPerSecond, kept),
      latencySeconds: blend(this.#now.latencySeconds, sample.latencySeconds, kept),
      inFlight: blend(this.#now.inFlight, sample.inFlight, kept),
    };
    this.#nowSeconds = timeSeconds;
  }

  outlook(horizon: Horizon): PoolLoadOutlook {
    const [byIops, byBytes] = [this.#curve('iops'), this.#curve('bytes')];
    const known: Known = {
      idleLatencySeconds: byIops.idleSeconds,
      capacity: { iops: byIops.capacity, bytesPerSecond: byBytes.capacity },
    };
    const iops = this.#iops.predict(horizon, forecastLevels);
    const bytesPerSecond = this.#bytes.predict(horizon, forecastLevels);
    const latencySeconds = this.#latency.predict(horizon, forecastLevels);
    const inFlight = this.#inFlight.predict(horizon, forecastLevels);
    const steps = Float64Array.from({ length: horizon.steps }, (_, step) => {
      const load = {
        iops: highest(iops, step) || 0,
        bytesPerSecond: highest(bytesPerSecond, step) || 0,
        latencySeconds: highest(latencySeconds, step),
        inFlight: highest(inFlight, step) || 0,
      };
      return saturationOf(load, tellingOf(load), known);
    });
    const now = saturationOf(this.#now, this.#telling, known);
    const watchedSeconds = Math.max(0, this.#nowSeconds - this.#firstSeconds);
    return {
      now: this.#now,
      iops,
      bytesPerSecond,
      latencySeconds,
      watchedSeconds,
      ...known,
      saturation: { now, steps },
    };
  }

  #curve(load: 'iops' | 'bytes'): LoadCurve {
    const [loads, latencies] = [this.#loads[load].history().used, this.#loads.latency.history().used];
    const points: LoadPoint[] = Array.from(loads, (value, i) => ({
      load: value,
      latencySeconds: latencies[i] ?? Number.NaN,
    }));
    return fitLoadCurve(points);
  }
}

type Known = Pick<PoolLoadOutlook, 'idleLatencySeconds' | 'capacity'>;

/**
 * The share of a pool that is taken, by whichever of these shows most: its load against the capacity that its history shows, how much longer than
 * idle its operations take, how many of them are under way at once.
 */
function saturationOf(load: PoolLoadSample, telling: number, { idleLatencySeconds, capacity }: Known): number {
  return Math.max(
    shareOf(load.iops, capacity.iops),
    shareOf(load.bytesPerSecond, capacity.bytesPerSecond),
    busyShare(idleLatencySeconds, load.latencySeconds) * telling,
    load.inFlight / (load.inFlight + halfTakenInFlight),
  );
}

function tellingOf({ iops, latencySeconds }: PoolLoadSample): number {
  return latencySeconds > 0 ? Math.min(1, iops / tellingIops) : 0;
}

function highest(forecast: Forecast | undefined, step: number): number {
  return forecast?.values[(step + 1) * forecastLevels.length - 1] ?? Number.NaN;
}

/** What is not measured changes nothing. */
function blend(before: number, now: number, kept: number): number {
  if (!Number.isFinite(now)) return before;
  return Number.isFinite(before) ? kept * before + (1 - kept) * now : now;
}

function shareOf(load: number, capacity: number | undefined): number {
  return capacity === undefined ? 0 : Math.min(1, load / capacity);
}
