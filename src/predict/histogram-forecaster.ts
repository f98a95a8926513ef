import { frame, packNumbers, unframe, unpackDoubles } from '../core/framing.ts';
import { DecayingHistogram } from './decaying-histogram.ts';
import { type Forecast, type Forecaster, type ForecasterKind, type Horizon, isUsable } from './forecaster.ts';
import type { BucketOptions } from './histogram.ts';
import { ModelTime } from './model-time.ts';

const name = 'histogram';
const version = 1;
const halfLifeSeconds = 7 * 86_400;

/** The same distribution at every time: the decaying histogram of everything seen, half forgotten after a week. */
export class HistogramForecaster implements Forecaster {
  readonly name = name;
  readonly #histogram: DecayingHistogram;
  readonly #time = new ModelTime();

  constructor(buckets: BucketOptions) {
    this.#histogram = new DecayingHistogram(buckets, halfLifeSeconds);
  }

  update(timeSeconds: number, value: number): void {
    if (isUsable(timeSeconds, value)) this.#histogram.add(value, 1, this.#time.advance(timeSeconds));
  }

  predict(horizon: Horizon, levels: Float64Array): Forecast | undefined {
    if (this.#histogram.isEmpty) return undefined;
    const quantiles = this.#histogram.histogram.percentiles(levels);
    const values = new Float64Array(horizon.steps * levels.length);
    for (let step = 0; step < horizon.steps; step += 1) values.set(quantiles, step * levels.length);
    return { ...horizon, levels, values };
  }

  save(): Uint8Array {
    return frame(name, version, [
      packNumbers(this.#histogram.save()),
      packNumbers(Float64Array.from(this.#time.save())),
    ]);
  }

  load(bytes: Uint8Array): this {
    const [histogram, time] = unframe(name, version, bytes);
    this.#histogram.load(unpackDoubles(name, histogram));
    this.#time.load([...unpackDoubles(name, time, 2)]);
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
