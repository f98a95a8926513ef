import { frame, packNumbers, unframe, unpackDoubles } from '../core/framing.ts';
import { type Forecaster, type ForecasterKind, isUsable } from './forecaster.ts';
import { ModelTime } from './model-time.ts';
import { OpenBlocks } from './open-blocks.ts';
import { type Distribution, pooled, poolingLevels } from './pooled.ts';
import { periodOf, ReturnPeriods, valueAt } from './return-periods.ts';

const version = 2;
const day = 86_400;
/** No promise is made from less history than this. */
const leastHistorySeconds = 3600;
/** While history is shorter than a day, values are (day / history)^0.25 of what is known: most of the day was not seen yet. */
const youth = 0.25;

export interface CalibrationOptions {
  /** Promised risks, ascending, shares of 1. */
  readonly risks: Float64Array;
  /** How long a value stands before it can be changed: the horizon over which risk is promised. */
  readonly standingSeconds: number;
  readonly stepSeconds: number;
  /** What a risk is a share of: stretches of this length of one replica. Equal to the step for windows, a day for container-days. */
  readonly blockSeconds: number;
  /** After so long what was measured counts half: how fast calibration recovers from what no longer holds. */
  readonly halfLifeSeconds: number;
  /** So many promised exceedances the forecaster's own word is worth against what was measured. */
  readonly wordExceedances: number;
}

/** A forecast that stands, and the values that were read off it. */
interface Standing {
  readonly distribution: Distribution;
  readonly allowance: number;
  readonly values: Float64Array;
}

/**
 * Keeps a forecaster's promises on values that stand for a while, as requests do. Each measurement is placed in the distribution that stood for it; for a
 * risk r the value is read where, of late, a share r of the measurements came to lie beyond. A run of exceedances moves values at most a
 * quarter above the highest value known, and weighs half after a half-life, so that neither overshoot nor undershoot outlasts days:
 * adaptive conformal inference with its fixed steps (Gibbs and Candès, NeurIPS 2021) takes a hundred kept windows to pay for each
 * exceedance at 1 %, a month for a bad first day.
 */
export class CalibratedForecaster {
  readonly inner: Forecaster;
  readonly options: CalibrationOptions;
  readonly #time = new ModelTime();
  readonly #blocks: OpenBlocks;
  readonly #periods: ReturnPeriods;
  #firstSeconds = Number.POSITIVE_INFINITY;
  #standing: Standing | undefined;
  #standsUntil = Number.NEGATIVE_INFINITY;
  #exceeded: Float64Array;
  #measured = 0;

  constructor(inner: Forecaster, options: CalibrationOptions) {
    this.inner = inner;
    this.options = options;
    this.#blocks = new OpenBlocks(options.blockSeconds, options.stepSeconds);
    this.#periods = new ReturnPeriods(options.halfLifeSeconds, options.wordExceedances);
    this.#exceeded = new Float64Array(options.risks.length);
  }

  get name(): string {
    return `calibrated ${this.inner.name}`;
  }

  /** Realised share of exceedance of each promised risk, and over how many measurements. */
  get realised(): { readonly shares: Float64Array; readonly measured: number } {
    return { shares: this.#exceeded.map((count) => count / Math.max(1, this.#measured)), measured: this.#measured };
  }

  /** The value that stands now for each promised risk; undefined in the first hour. */
  get standing(): Float64Array | undefined {
    return this.#standing?.values;
  }

  update(timeSeconds: number, value: number, replica = ''): void {
    if (!isUsable(timeSeconds, value)) return;
    const time = this.#time.advance(timeSeconds);
    this.#firstSeconds = Math.min(this.#firstSeconds, time);
    if (time > this.#standsUntil - 2 * this.options.standingSeconds) this.#judge(time, value, replica);
    this.inner.update(timeSeconds, value, replica);
    if (time < this.#standsUntil || time - this.#firstSeconds < leastHistorySeconds) return;
    this.#standing = this.#forecast(timeSeconds);
    this.#standsUntil = time + this.options.standingSeconds;
  }

  /** The value for each promised risk (ascending risks, so non-increasing values) from a time on; undefined before the first sample. */
  valuesAt(startSeconds: number): Float64Array | undefined {
    return this.#forecast(startSeconds)?.values;
  }

  save(): Uint8Array {
    const { distribution, allowance = 1, values } = this.#standing ?? {};
    const none = new Float64Array(0);
    const scalars = [this.#standsUntil, allowance, this.#measured, this.#firstSeconds, ...this.#time.save()];
    const rest = Float64Array.from(scalars);
    const parts = [this.#exceeded, values ?? none, distribution?.values ?? none, rest, this.#periods.save()];
    return frame(this.name, version, [...parts.map(packNumbers), this.inner.save(), this.#blocks.save()]);
  }

  /** Throws OUTLOOK_INVALID when the bytes are damaged or of another kind. */
  static restore(kind: ForecasterKind, options: CalibrationOptions, bytes: Uint8Array): CalibratedForecaster {
    const name = `calibrated ${kind.name}`;
    const [exceeded, standing, distribution, rest, periods, inner, blocks] = unframe(name, version, bytes);
    const held = new CalibratedForecaster(kind.restore(inner ?? new Uint8Array(0)), options);
    held.#exceeded = unpackDoubles(name, exceeded, options.risks.length);
    const [until = 0, allowance = 1, measured = 0, first = 0, ...time] = unpackDoubles(name, rest, 6);
    const values = unpackDoubles(name, standing);
    if (values.length > 0) {
      const known = unpackDoubles(name, distribution, poolingLevels.length);
      held.#standing = { values, allowance, distribution: { levels: poolingLevels, values: known } };
    }
    held.#standsUntil = until;
    held.#measured = measured;
    held.#firstSeconds = first;
    held.#time.load([time[0], time[1]]);
    held.#periods.load(unpackDoubles(name, periods));
    held.#blocks.load(blocks ?? new Uint8Array(0));
    return held;
  }

  #forecast(startSeconds: number): Standing | undefined {
    const { standingSeconds, stepSeconds, risks } = this.options;
    const horizon = { startSeconds, stepSeconds, steps: Math.max(1, Math.round(standingSeconds / stepSeconds)) };
    const forecast = this.inner.predict(horizon, poolingLevels);
    if (forecast === undefined) return undefined;
    const distribution = pooled(forecast);
    const allowance = this.#allowance();
    const values = new Float64Array(risks.length);
    for (let i = risks.length - 1; i >= 0; i -= 1) {
      const own = allowance * valueAt(distribution, this.#periods.periodFor(risks[i] ?? 0.01, this.#time.newest));
      values[i] = Math.max(own, values[i + 1] ?? 0);
    }
    return { distribution, allowance, values };
  }

  /** 2.2 times what is known after an hour, 1.4 after 6 hours, 1 from a day on. */
  #allowance(): number {
    const known = Math.max(leastHistorySeconds, this.#time.newest - this.#firstSeconds);
    return known >= day ? 1 : (day / known) ** youth;
  }

  /** A block counts once: by the rarest of its measurements, and as exceeded from the first one above the value. */
  #judge(time: number, value: number, replica: string): void {
    if (this.#standing === undefined) return;
    const { distribution, allowance, values } = this.#standing;
    const period = periodOf(distribution, value, allowance);
    const block = this.#blocks.at(time, replica);
    if (block.period === 0) {
      this.#measured += 1;
      this.#periods.add(block.endSeconds, period);
    } else if (period > block.period) this.#periods.replace(block.endSeconds, block.period, period);
    block.period = Math.max(block.period, period);
    for (let i = 0; i < values.length; i += 1) {
      if (value <= (values[i] ?? 0) || (block.exceeded & (1 << i)) !== 0) continue;
      block.exceeded |= 1 << i;
      this.#exceeded[i] = (this.#exceeded[i] ?? 0) + 1;
    }
  }
}
