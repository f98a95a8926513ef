import { frame, unframe } from '../core/framing.ts';
import type { ResourceForecast } from '../core/outlook.ts';
import type { PerResource, Resource } from '../core/resource.ts';
import { CalibratedForecaster, type CalibrationOptions } from './calibrated.ts';
import type { ForecasterKind, Horizon } from './forecaster.ts';
import { histogramKind } from './histogram-forecaster.ts';
import { type SeasonalForecaster, seasonalKind } from './seasonal.ts';
import { demandKind } from './sizing/demand-forecaster.ts';
import { sizingOptionsFor } from './sizing/policy-options.ts';

const day = 86_400;
const version = 1;

/** The risks that are forecast; others are read between them. */
export const riskGrid = Float64Array.of(0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5);

// Each bucket 2.5 % wider than the one before: finer than the VPA's 5 %, since a bucket's end is what is requested.
const millicores = { firstBucket: 1, ratio: 1.025, maxValue: 1e6, epsilon: 1e-4 } as const;

/**
 * CPU is a risk per window, memory a risk per container-day. Which model serves each was decided by back-test (decision 26): up to 2 % of windows the histogram,
 * at the risks of a day's memory the mixture that also looks at like hours.
 */
const kinds: PerResource<ForecasterKind> = {
  cpu: histogramKind(millicores),
  memory: demandKind(sizingOptionsFor(day).demand.memory),
};

function calibration(resource: Resource, stepSeconds: number): CalibrationOptions {
  return {
    risks: riskGrid,
    stepSeconds,
    standingSeconds: resource === 'cpu' ? day / 4 : day,
    blockSeconds: resource === 'cpu' ? stepSeconds : day,
    // A day has 288 windows but one container-day a replica: memory needs longer to tell.
    halfLifeSeconds: resource === 'cpu' ? 3 * day : 14 * day,
    // A month of one replica is too short to refute 0.1 % of container-days by one bad first day; 100 replicas are not.
    wordExceedances: resource === 'cpu' ? 0.3 : 3,
  };
}

/** Everything learned about one resource of one container: what it needs at a risk, and what it uses when. */
export class ResourceModel {
  readonly resource: Resource;
  readonly #stepSeconds: number;
  readonly #needed: CalibratedForecaster;
  readonly #used: SeasonalForecaster;

  private constructor(resource: Resource, stepSeconds: number, needed: CalibratedForecaster, used: SeasonalForecaster) {
    this.resource = resource;
    this.#stepSeconds = stepSeconds;
    this.#needed = needed;
    this.#used = used;
  }

  /** `kind` is what learns the need, where that is not the model's own. */
  static create(resource: Resource, stepSeconds: number, kind = kinds[resource]): ResourceModel {
    const needed = new CalibratedForecaster(kind.create(), calibration(resource, stepSeconds));
    return new ResourceModel(resource, stepSeconds, needed, seasonalKind.create());
  }

  /** Throws OUTLOOK_INVALID when the bytes are damaged. */
  static restore(resource: Resource, stepSeconds: number, bytes: Uint8Array, kind = kinds[resource]): ResourceModel {
    const [needed, used] = unframe(resource, version, bytes);
    const held = CalibratedForecaster.restore(kind, calibration(resource, stepSeconds), needed ?? new Uint8Array(0));
    return new ResourceModel(resource, stepSeconds, held, seasonalKind.restore(used ?? new Uint8Array(0)));
  }

  get name(): string {
    return this.#needed.name;
  }

  update(timeSeconds: number, value: number, replica: string): void {
    this.#needed.update(timeSeconds, value, replica);
    this.#used.update(timeSeconds, value);
  }

  save(): Uint8Array {
    return frame(this.resource, version, [this.#needed.save(), this.#used.save()]);
  }

  /** Promised and realised shares of exceedance. */
  get realised(): CalibratedForecaster['realised'] {
    return this.#needed.realised;
  }

  /**
   * The forecast from a time on; undefined before the first sample. `historyDays` widens the interval around the values as in the VPA:
   * (1 + 1/days) above, (1 + 0.001/days)^-2 below.
   */
  forecast(horizon: Horizon, historyDays: number): ResourceForecast | undefined {
    const values = this.#needed.valuesAt(horizon.startSeconds);
    const moments = this.#used.moments(horizon);
    if (values === undefined || moments === undefined) return undefined;
    const days = Math.max(historyDays, this.#stepSeconds / day);
    const median = values.at(-1) ?? 0;
    return {
      risks: riskGrid,
      lower: values.map((value) => Math.min(value, Math.max(median, value * 0.8)) * (1 + 0.001 / days) ** -2),
      values,
      upper: values.map((value) => value * (1 + 1 / days)),
      mean: moments.mean,
      variance: moments.variance,
      model: this.#needed.name,
    };
  }
}
