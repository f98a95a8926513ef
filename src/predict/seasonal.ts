import { frame, packNumbers, unframe, unpackDoubles } from '../core/framing.ts';
import { DecayingHistogram } from './decaying-histogram.ts';
import {
  type Forecast,
  type Forecaster,
  type ForecasterKind,
  type Horizon,
  isUsable,
  type Moments,
} from './forecaster.ts';
import { ModelTime } from './model-time.ts';

const name = 'seasonal';
const version = 2;
const hour = 3600;
const day = 24 * hour;
const hoursOfWeek = 168;
const halfLifeSeconds = 14 * day;
/** So many samples of a season's slot weigh as much as what the coarser season says. */
const priorSamples = 12;
/** How fast the present level is learned, and how fast a forecast forgets it. */
const levelHalfLifeSeconds = 2 * hour;
const levelFadeSeconds = 4 * hour;
/** Weights grow by 2 each half-life; moved back before they grow large. */
const furthestHalfLives = 40;
/** Nearly the largest number of 32 bits. */
const largestFloat = 3.4e38;
/** Ratios of value to expectation, not values: 1 is what was expected. */
const ratioBuckets = { firstBucket: 0.02, ratio: 1.025, maxValue: 200, epsilon: 1e-4 } as const;

/** When a sample came: its own time, that of the newest one before it, its model time, and the weight of that. */
interface Arrival {
  readonly timeSeconds: number;
  readonly before: number;
  readonly time: number;
  readonly growth: number;
}

/**
 * A seasonal profile: decayed means of the hours of the week, shrunk to those of the hours of the day, shrunk to the mean of all
 * (m = (w·slot + k·coarser) / (w + k)), times the level of the last hours, which fades over the horizon. Quantiles are those of the ratio
 * of value to expectation, from a decaying histogram. Times are UTC.
 */
export class SeasonalForecaster implements Forecaster {
  readonly name = name;
  /** Means, then weights: 168 hours of the week (from Thursday 00:00, as unix time begins), 24 of the day, 1 of all. */
  readonly #means = new Float64Array(hoursOfWeek + 25);
  readonly #weights = new Float64Array(hoursOfWeek + 25);
  readonly #ratios = new DecayingHistogram(ratioBuckets, halfLifeSeconds);
  #referenceSeconds = 0;
  #logLevel = 0;
  #variance = 0;
  #varianceWeight = 0;
  readonly #time = new ModelTime();

  get isEmpty(): boolean {
    return (this.#weights[hoursOfWeek + 24] ?? 0) === 0;
  }

  update(timeSeconds: number, value: number): void {
    if (!isUsable(timeSeconds, value)) return;
    const before = this.#time.lastSeconds;
    const time = this.#time.advance(timeSeconds);
    const growth = this.#growth(time);
    if (!this.isEmpty) this.#learnRatio({ timeSeconds, before, time, growth }, value);
    const middle = timeSeconds - 1;
    for (const slot of [hourOfWeek(middle), hoursOfWeek + hourOfDay(middle), hoursOfWeek + 24]) {
      const weight = (this.#weights[slot] ?? 0) + growth;
      this.#weights[slot] = weight;
      this.#means[slot] = (this.#means[slot] ?? 0) + (growth / weight) * (value - (this.#means[slot] ?? 0));
    }
  }

  predict(horizon: Horizon, levels: Float64Array): Forecast | undefined {
    if (this.isEmpty) return undefined;
    const ratios = this.#ratios.isEmpty ? levels.map(() => 1) : this.#ratios.histogram.percentiles(levels);
    const values = new Float64Array(horizon.steps * levels.length);
    const softener = this.#softener();
    for (let step = 0; step < horizon.steps; step += 1) {
      const expected = this.#expectedAt(horizon.startSeconds + (step + 0.5) * horizon.stepSeconds);
      for (let i = 0; i < ratios.length; i += 1) {
        values[step * ratios.length + i] = Math.max(0, (ratios[i] ?? 1) * (expected + softener) - softener);
      }
    }
    return { ...horizon, levels, values };
  }

  /** Mean and variance of each step; undefined before the first sample. */
  moments(horizon: Horizon): Moments | undefined {
    if (this.isEmpty) return undefined;
    const mean = new Float32Array(horizon.steps);
    const variance = new Float32Array(horizon.steps);
    const softener = this.#softener();
    for (let step = 0; step < horizon.steps; step += 1) {
      const expected = this.#expectedAt(horizon.startSeconds + (step + 0.5) * horizon.stepSeconds);
      mean[step] = expected;
      variance[step] = Math.min(largestFloat, (expected + softener) ** 2 * this.#variance);
    }
    return { mean, variance };
  }

  save(): Uint8Array {
    const rest = Float64Array.of(
      this.#referenceSeconds,
      this.#logLevel,
      this.#variance,
      this.#varianceWeight,
      ...this.#time.save(),
    );
    const parts = [this.#means, this.#weights, rest, this.#ratios.save()];
    return frame(name, version, parts.map(packNumbers));
  }

  load(bytes: Uint8Array): this {
    const [means, weights, rest, ratios] = unframe(name, version, bytes);
    this.#means.set(unpackDoubles(name, means, this.#means.length));
    this.#weights.set(unpackDoubles(name, weights, this.#weights.length));
    const [reference = 0, logLevel = 0, variance = 0, varianceWeight = 0, ...time] = unpackDoubles(name, rest, 6);
    this.#referenceSeconds = reference;
    this.#logLevel = logLevel;
    this.#variance = variance;
    this.#varianceWeight = varianceWeight;
    this.#time.load([time[0], time[1]]);
    this.#ratios.load(unpackDoubles(name, ratios));
    return this;
  }

  #learnRatio({ timeSeconds, before, time, growth }: Arrival, value: number): void {
    const softener = this.#softener();
    const season = this.#seasonAt(timeSeconds - 1) + softener;
    const expected = this.#expectedAt(timeSeconds - 1, before) + softener;
    const ratio = expected > 0 ? (value + softener) / expected : 1;
    this.#ratios.add(ratio, 1, time);
    this.#varianceWeight += growth;
    this.#variance += (growth / this.#varianceWeight) * ((ratio - 1) ** 2 - this.#variance);
    const elapsed = Math.max(0, timeSeconds - before);
    const kept = 2 ** -(elapsed / levelHalfLifeSeconds);
    const now = season > 0 ? Math.log(Math.min(10, Math.max(0.1, (value + softener) / season))) : 0;
    this.#logLevel = kept * this.#logLevel + (1 - kept) * now;
  }

  /** What is expected at a time, by the level that was known at another. */
  #expectedAt(timeSeconds: number, levelSeconds = this.#time.lastSeconds): number {
    const ahead = Math.max(0, timeSeconds - levelSeconds);
    const softener = this.#softener();
    const level = Math.exp(this.#logLevel * 2 ** -(ahead / levelFadeSeconds));
    return Math.max(0, (this.#seasonAt(timeSeconds) + softener) * level - softener);
  }

  #seasonAt(timeSeconds: number): number {
    const all = this.#means[hoursOfWeek + 24] ?? 0;
    const ofDay = this.#shrunk(hoursOfWeek + hourOfDay(timeSeconds), all);
    return this.#shrunk(hourOfWeek(timeSeconds), ofDay);
  }

  #shrunk(slot: number, coarser: number): number {
    const since = this.#time.newest - this.#referenceSeconds;
    const weight = (this.#weights[slot] ?? 0) / 2 ** (since / halfLifeSeconds);
    return (weight * (this.#means[slot] ?? 0) + priorSamples * coarser) / (weight + priorSamples);
  }

  /** Added to both sides of a ratio, so that a series that is idle at night has no ratios without bound. */
  #softener(): number {
    return 0.05 * (this.#means[hoursOfWeek + 24] ?? 0) + 1e-9;
  }

  #growth(time: number): number {
    if (Math.abs(time - this.#referenceSeconds) > halfLifeSeconds * furthestHalfLives) {
      const factor = 2 ** ((this.#referenceSeconds - time) / halfLifeSeconds);
      for (let slot = 0; slot < this.#weights.length; slot += 1) {
        this.#weights[slot] = (this.#weights[slot] ?? 0) * factor;
      }
      this.#varianceWeight *= factor;
      this.#referenceSeconds = time;
    }
    return 2 ** ((time - this.#referenceSeconds) / halfLifeSeconds);
  }
}

export const seasonalKind: ForecasterKind<SeasonalForecaster> = {
  name,
  create: () => new SeasonalForecaster(),
  restore: (bytes) => new SeasonalForecaster().load(bytes),
};

function hourOfDay(timeSeconds: number): number {
  return positiveModulo(Math.floor(timeSeconds / hour), 24);
}

function hourOfWeek(timeSeconds: number): number {
  return positiveModulo(Math.floor(timeSeconds / hour), hoursOfWeek);
}

function positiveModulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
