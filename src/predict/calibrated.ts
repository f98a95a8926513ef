import { frame, packNumbers, unframe, unpackDoubles } from '../core/framing.ts';
import { type Forecaster, type ForecasterKind, isUsable } from './forecaster.ts';
import { type Distribution, pooled, poolingLevels, quantileOf } from './pooled.ts';

const version = 1;
/** How far one exceedance moves the working risk, as a share of the promised one. */
const stepShare = 0.1;
/** Below zero the value grows beyond the highest quantile: by 10 % for each promised risk that it is below. */
const growthPerRisk = 0.1;
const lowestPerRisk = -10;
const highestPerRisk = 5;

export interface CalibrationOptions {
  /** Promised risks, ascending, shares of 1. */
  readonly risks: Float64Array;
  /** How long a value stands before it can be changed: the horizon over which risk is promised. */
  readonly standingSeconds: number;
  readonly stepSeconds: number;
  /** What a risk is a share of: stretches of this length of one replica. Equal to the step for windows, a day for container-days. */
  readonly blockSeconds: number;
}

/** The block that a replica is in, and which risks (bits) it has exceeded there. */
interface OpenBlock {
  index: number;
  exceeded: number;
}

/**
 * Keeps a forecaster's promises: adaptive conformal inference (Gibbs and Candès, NeurIPS 2021) on values that stand for a while, as requests
 * do. For each promised risk r a working risk α is read off the forecaster's distribution instead; each measurement moves it,
 * α ← α + γ·(r − [exceeded]), with γ = r/10. As long as values are bounded the realised rate of exceedance comes to r whatever the forecaster does:
 * |realised − r| ≤ (range of α)/(γ·T) after T measurements.
 */
export class CalibratedForecaster {
  readonly inner: Forecaster;
  readonly options: CalibrationOptions;
  readonly #alphas: Float64Array;
  #standing: Float64Array | undefined;
  #standsUntil = Number.NEGATIVE_INFINITY;
  #exceeded: Float64Array;
  #measured = 0;
  readonly #open = new Map<string, OpenBlock>();

  constructor(inner: Forecaster, options: CalibrationOptions) {
    this.inner = inner;
    this.options = options;
    this.#alphas = options.risks.slice();
    this.#exceeded = new Float64Array(options.risks.length);
  }

  get name(): string {
    return `calibrated ${this.inner.name}`;
  }

  /** Realised share of exceedance of each promised risk, and over how many measurements. */
  get realised(): { readonly shares: Float64Array; readonly measured: number } {
    return { shares: this.#exceeded.map((count) => count / Math.max(1, this.#measured)), measured: this.#measured };
  }

  /** The value that stands now for each promised risk; undefined before the first sample. */
  get standing(): Float64Array | undefined {
    return this.#standing;
  }

  update(timeSeconds: number, value: number, replica?: string): void {
    if (!isUsable(timeSeconds, value)) return;
    if (this.#standing !== undefined && timeSeconds > this.#standsUntil - 2 * this.options.standingSeconds)
      this.#judge(timeSeconds, value, replica ?? '');
    this.inner.update(timeSeconds, value, replica);
    if (timeSeconds >= this.#standsUntil) {
      this.#standing = this.valuesAt(timeSeconds);
      this.#standsUntil = timeSeconds + this.options.standingSeconds;
    }
  }

  /** The value for each promised risk (ascending risks, so non-increasing values) from a time on; undefined before the first sample. */
  valuesAt(startSeconds: number): Float64Array | undefined {
    const { standingSeconds, stepSeconds, risks } = this.options;
    const horizon = { startSeconds, stepSeconds, steps: Math.max(1, Math.round(standingSeconds / stepSeconds)) };
    const forecast = this.inner.predict(horizon, poolingLevels);
    if (forecast === undefined) return undefined;
    const distribution = pooled(forecast);
    const values = new Float64Array(risks.length);
    for (let i = risks.length - 1; i >= 0; i -= 1) {
      const own = workingValue(distribution, this.#alphas[i] ?? 0, risks[i] ?? 0.01);
      values[i] = Math.max(own, values[i + 1] ?? 0);
    }
    return values;
  }

  save(): Uint8Array {
    const standing = this.#standing ?? new Float64Array(0);
    const rest = Float64Array.of(this.#standsUntil, this.#measured);
    const parts = [this.#alphas, this.#exceeded, standing, rest].map(packNumbers);
    const open = Buffer.from(JSON.stringify([...this.#open]), 'utf8');
    return frame(this.name, version, [...parts, this.inner.save(), open]);
  }

  static restore(kind: ForecasterKind, options: CalibrationOptions, bytes: Uint8Array): CalibratedForecaster {
    const name = `calibrated ${kind.name}`;
    const [alphas, exceeded, standing, rest, inner, open] = unframe(name, version, bytes);
    const held = new CalibratedForecaster(kind.restore(inner ?? new Uint8Array(0)), options);
    held.#alphas.set(unpackDoubles(name, alphas, options.risks.length));
    held.#exceeded = unpackDoubles(name, exceeded, options.risks.length);
    const values = unpackDoubles(name, standing);
    held.#standing = values.length === 0 ? undefined : values;
    const [until = 0, measured = 0] = unpackDoubles(name, rest, 2);
    held.#standsUntil = until;
    held.#measured = measured;
    const blocks = JSON.parse(Buffer.from(open ?? []).toString('utf8')) as [string, OpenBlock][];
    for (const [replica, block] of blocks) held.#open.set(replica, block);
    return held;
  }

  /** A block counts once: as kept when it begins, as exceeded instead at its first measurement above the value. */
  #judge(timeSeconds: number, value: number, replica: string): void {
    const { risks } = this.options;
    const block = this.#blockOf(timeSeconds, replica);
    for (let i = 0; i < risks.length; i += 1) {
      if (block.isNew) this.#move(i, risks[i] ?? 0);
      const isExceeded = value > (this.#standing?.[i] ?? Number.POSITIVE_INFINITY);
      if (!isExceeded || (block.held.exceeded & (1 << i)) !== 0) continue;
      block.held.exceeded |= 1 << i;
      this.#exceeded[i] = (this.#exceeded[i] ?? 0) + 1;
      this.#move(i, -1);
    }
    if (block.isNew) this.#measured += 1;
  }

  #move(i: number, by: number): void {
    const risk = this.options.risks[i] ?? 0;
    const moved = (this.#alphas[i] ?? risk) + stepShare * risk * by;
    this.#alphas[i] = Math.min(Math.max(moved, lowestPerRisk * risk), Math.min(0.9, highestPerRisk * risk));
  }

  #blockOf(timeSeconds: number, replica: string): { held: OpenBlock; isNew: boolean } {
    const { blockSeconds, stepSeconds } = this.options;
    if (blockSeconds <= stepSeconds) return { held: { index: 0, exceeded: 0 }, isNew: true };
    const index = Math.ceil(timeSeconds / blockSeconds);
    const held = this.#open.get(replica);
    if (held !== undefined && index <= held.index) return { held, isNew: false };
    for (const [name, block] of this.#open) if (block.index < index - 1) this.#open.delete(name);
    const begun = { index, exceeded: 0 };
    this.#open.set(replica, begun);
    return { held: begun, isNew: true };
  }
}

function workingValue(distribution: Distribution, alpha: number, risk: number): number {
  if (alpha > 0) return quantileOf(distribution, 1 - alpha);
  return quantileOf(distribution, 1) * Math.exp((growthPerRisk * -alpha) / risk);
}
