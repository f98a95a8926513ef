import { frame, packNumbers, unframe, unpackDoubles } from '../../core/framing.ts';
import { type Forecast, type Forecaster, type ForecasterKind, type Horizon, isUsable } from '../forecaster.ts';
import { ModelTime } from '../model-time.ts';
import { Demand } from './demand.ts';
import type { DemandOptions } from './demand-options.ts';
import { forecastOf } from './demand-quantiles.ts';

const name = 'like-hours';
const version = 1;
const hour = 3600;

/**
 * A demand as a forecaster: the same quantiles at every step, those of one step of the next hours. Hours are those of the samples' own time; what
 * comes late counts in the hour that is open.
 */
export class DemandForecaster implements Forecaster {
  readonly name = name;
  readonly #options: DemandOptions;
  readonly #time = new ModelTime();
  #demand: Demand;
  #hour = Number.NEGATIVE_INFINITY;

  constructor(options: DemandOptions) {
    this.#options = options;
    this.#demand = new Demand(options);
  }

  update(timeSeconds: number, value: number): void {
    if (!isUsable(timeSeconds, value)) return;
    // A sample at the full hour ends the hour before it.
    const now = Math.ceil(this.#time.advance(timeSeconds) / hour);
    if (now > this.#hour) {
      this.#demand.closeHour();
      this.#hour = now;
    }
    this.#demand.observe(value);
  }

  predict(horizon: Horizon, levels: Float64Array): Forecast | undefined {
    const demand = this.#demand.part === undefined ? this.#closedEarly() : this.#demand;
    return forecastOf(demand, horizon, levels);
  }

  save(): Uint8Array {
    const numbers = packNumbers(Float64Array.of(this.#hour, ...this.#time.save()));
    return frame(name, version, [numbers, this.#demand.save()]);
  }

  /** Throws OUTLOOK_INVALID when the bytes are damaged. */
  load(bytes: Uint8Array): this {
    const [numbers, demand] = unframe(name, version, bytes);
    const [at = Number.NEGATIVE_INFINITY, ...time] = unpackDoubles(name, numbers, 3);
    this.#demand = Demand.restore(this.#options, demand ?? new Uint8Array(0));
    this.#time.load([time[0], time[1]]);
    this.#hour = at;
    return this;
  }

  /** Before the first hour is over: what would be known if it were. */
  #closedEarly(): Demand {
    const demand = Demand.restore(this.#options, this.#demand.save());
    demand.closeHour();
    return demand;
  }
}

export function demandKind(options: DemandOptions): ForecasterKind<DemandForecaster> {
  return {
    name,
    create: () => new DemandForecaster(options),
    restore: (bytes) => new DemandForecaster(options).load(bytes),
  };
}
