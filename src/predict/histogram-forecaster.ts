import { frame, packNumbers, unframe, unpackDoubles } from '../core/framing.ts';
import { DecayingHistogram } from './decaying-histogram.ts';
import { type Forecast, type Forecaster, type ForecasterKind, type Horizon, isUsable } from './forecaster.ts';
import type { BucketOptions } from './histogram.ts';

const name = 'histogram';
const version = 1;
const halfLifeSeconds = 7 * 86_400;

/** The same distribution at every time: the decaying histogram of everything seen, half forgotten after a week. */
export class HistogramForecaster implements Forecaster {
  readonly name = name;
  readonly #histogram: DecayingHistogram;

  constructor(buckets: BucketOptions) {
    this.#histogram = new DecayingHistogram(buckets, halfLifeSeconds);
  }

  update(timeSeconds: number, value: number): void {
    if (isUsable(timeSeconds, value)) this.#histogram.add(value, 1, timeSeconds);
  }

  predict(horizon: Horizon, levels: Float64Array): Forecast | undefined {
    if (this.#histogram.isEmpty) return undefined;
    const quantiles = this.#histogram.histogram.percentiles(levels);
    const values = new Float64Array(horizon.steps * levels.length);
    for (let step = 0; step < horizon.steps; step += 1) values.set(quantiles, step * levels.length);
    return { ...horizon, levels, values };
  }

  save(): Uint8Array {
    return frame(name, version, [packNumbers(this.#histogram.save())]);
  }

  load(bytes: Uint8Array): this {
    this.#histogram.load(unpackDoubles(name, unframe(name, version, bytes)[0]));
    return this;
  }
}

export function histogramKind(buckets: BucketOptions): ForecasterKind<HistogramForecaster> {
  return {
    name,
    create: () => new HistogramForecaster(buckets),
    restore: (bytes) => new HistogramForecaster(buckets).load(bytes),
  };
}
