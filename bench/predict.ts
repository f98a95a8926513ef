import { DecayingHistogram } from '../src/predict/decaying-histogram.ts';
import type { Forecaster, ForecasterKind } from '../src/predict/forecaster.ts';
import { histogramKind } from '../src/predict/histogram-forecaster.ts';
import { peakKind } from '../src/predict/peaks.ts';
import { ResourceModel } from '../src/predict/resource-model.ts';
import { seasonalKind } from '../src/predict/seasonal.ts';
import { vpaCpuBuckets } from '../src/predict/vpa.ts';
import type { Benchmark, Row } from './benchmark.ts';
import { demand, startSeconds, stepSeconds, stepsPerDay } from './series.ts';
import { median, rounded } from './stopwatch.ts';

const days = 14;
const steps = days * stepsPerDay;
const rounds = 15;
const forecasts = 1000;
const buckets = { firstBucket: 1, ratio: 1.025, maxValue: 1e6, epsilon: 1e-4 };
const levels = Float64Array.of(0.5, 0.9, 0.95, 0.99, 0.999);
const horizon = { startSeconds: startSeconds + steps * stepSeconds, stepSeconds: 1800, steps: 24 };

/** What all candidates can do, seen from the clock. */
interface Candidate {
  readonly name: string;
  readonly update: (timeSeconds: number, value: number) => void;
  readonly forecast: () => unknown;
  readonly stateBytes: () => number;
}

/** What one measurement and one forecast cost, model by model, beside the VPA's own histogram in the same run. */
export const predictBenchmark: Benchmark = {
  name: 'predict',
  description: `microseconds of each model per measurement and per forecast, after ${days} days of 5-minute steps`,
  async run() {
    const values = Float64Array.from({ length: steps }, (_, step) => demand(1, step));
    const made = candidates();
    const results = made.map(() => ({ update: [] as number[], forecast: [] as number[], bytes: 0 }));
    for (let round = 0; round < rounds; round += 1) {
      // One after the other in each round, so that whatever slows the machine slows all of them.
      for (const [i, create] of made.entries()) measure(create(), values, results[i]);
    }
    return rowsOf(
      made.map((create) => create().name),
      results,
    );
  },
};

interface Result {
  readonly update: number[];
  readonly forecast: number[];
  bytes: number;
}

function measure(candidate: Candidate, values: Float64Array, result: Result | undefined): void {
  const began = performance.now();
  for (const [step, value] of values.entries()) candidate.update(startSeconds + (step + 1) * stepSeconds, value);
  const trained = performance.now();
  for (let i = 0; i < forecasts; i += 1) candidate.forecast();
  const forecast = performance.now();
  result?.update.push((1000 * (trained - began)) / values.length);
  result?.forecast.push((1000 * (forecast - trained)) / forecasts);
  if (result !== undefined) result.bytes = candidate.stateBytes();
}

function rowsOf(names: readonly string[], results: readonly Result[]): readonly Row[] {
  const [plain] = results;
  const plainUpdate = median(plain?.update ?? []);
  return results.map(({ update, forecast, bytes }, i) => ({
    model: names[i] ?? '',
    updateMicroseconds: rounded(median(update)),
    timesPlainHistogram: rounded(median(update) / plainUpdate),
    forecastMicroseconds: rounded(median(forecast)),
    stateBytes: bytes,
  }));
}

function candidates(): readonly (() => Candidate)[] {
  return [
    plainHistogram,
    () => ofForecaster(histogramKind(buckets)),
    () => ofForecaster(peakKind(buckets)),
    () => ofForecaster(seasonalKind),
    () => ofResource('cpu'),
    () => ofResource('memory'),
  ];
}

/** What the VPA does with a CPU sample: the measure for all others. */
function plainHistogram(): Candidate {
  const histogram = new DecayingHistogram(vpaCpuBuckets, 86_400);
  return {
    name: 'plain decaying histogram (VPA)',
    update: (timeSeconds, value) => histogram.add(value / 1000, 0.1, timeSeconds),
    forecast: () => histogram.percentile(0.9),
    stateBytes: () => histogram.save().byteLength,
  };
}

function ofForecaster(kind: ForecasterKind): Candidate {
  const forecaster: Forecaster = kind.create();
  return {
    name: kind.name,
    update: (timeSeconds, value) => forecaster.update(timeSeconds, value),
    forecast: () => forecaster.predict(horizon, levels),
    stateBytes: () => forecaster.save().byteLength,
  };
}

/** All that is learned about one resource of one container: calibrated need and seasonal use. */
function ofResource(resource: 'cpu' | 'memory'): Candidate {
  const model = ResourceModel.create(resource, stepSeconds);
  const scale = resource === 'cpu' ? 1 : 2 ** 20;
  return {
    name: `whole of ${resource}`,
    update: (timeSeconds, value) => model.update(timeSeconds, value * scale, 'a'),
    forecast: () => model.forecast(horizon, days),
    stateBytes: () => model.save().byteLength,
  };
}
