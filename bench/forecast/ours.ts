import type { GateWeights } from '../../src/predict/horizon/gate.ts';
import { HorizonForecaster } from '../../src/predict/horizon/horizon-forecaster.ts';
import { levels } from './levels.ts';
import { horizonSteps, originsOf } from './origins.ts';
import { type LoadSeries, stepSeconds } from './series.ts';

/** Our forecasts at every origin, each from what was known then: `[(origin * horizonSteps + step) * levels.length + level]`. */
export function ourForecasts(series: LoadSeries, gate?: GateWeights): Float64Array {
  const origins = originsOf(series);
  const out = new Float64Array(origins.length * horizonSteps * levels.length);
  const forecaster = new HorizonForecaster(gate);
  let known = 0;
  for (const [i, origin] of origins.entries()) {
    for (; known < origin; known += 1) {
      forecaster.update(series.startSeconds + (known + 1) * stepSeconds, series.values[known] ?? Number.NaN);
    }
    const startSeconds = series.startSeconds + origin * stepSeconds;
    const forecast = forecaster.predict({ startSeconds, stepSeconds, steps: horizonSteps }, levels);
    if (forecast !== undefined) out.set(forecast.values, i * horizonSteps * levels.length);
  }
  return out;
}
