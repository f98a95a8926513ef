import { intervalOf } from '../../simulate/replay/bootstrap.ts';
import { figureNames } from '../../simulate/replay/figures.ts';
import { guardsOf } from '../../simulate/replay/guards.ts';
import type { Outcome, WindowOutcome } from '../../simulate/replay/outcome.ts';
import type { SimulationResult } from './result.ts';

/**
 * All of a result. Each of `results` has the fields of a result of the reference replay (policy, variant, ids, windows with metrics and perSeries) and
 * adds the intervals.
 */
export function resultJson({ history, origin, outcomes, reference }: SimulationResult) {
  const { times, stepSeconds, isCapacityKnown } = history;
  return {
    origin,
    containers: history.ids.length,
    fromSeconds: (times[0] ?? 0) - stepSeconds,
    toSeconds: times.at(-1) ?? 0,
    stepSeconds,
    requestsKnown: isCapacityKnown,
    reference: reference?.name,
    results: outcomes.map((outcome) => ({
      policy: outcome.name,
      command: outcome.bout.contender.kind === 'command' ? outcome.bout.contender.command : outcome.name,
      variant: outcome.bout.rules.variant,
      split: 'all',
      objective: outcome.bout.rules.objective,
      ids: history.ids,
      replaySeconds: Number(outcome.seconds.toFixed(1)),
      process: null,
      windows: Object.fromEntries(
        outcome.windows.map((of) => [of.window.name, windowJson(of, outcome === reference ? undefined : reference)]),
      ),
    })),
  };
}

function windowJson({ window, sums, figures, resampled }: WindowOutcome, reference: Outcome | undefined) {
  const other = reference?.windows.find((one) => one.window.name === window.name)?.resampled;
  return {
    fromStep: window.from,
    toStep: window.to,
    metrics: figures,
    guards: guardsOf(sums),
    intervals: Object.fromEntries(figureNames.map((name) => [name, intervalOf(name, resampled) ?? null])),
    ...(other === undefined
      ? {}
      : {
          differenceIntervals: Object.fromEntries(
            figureNames.map((name) => [name, intervalOf(name, resampled, other) ?? null]),
          ),
        }),
    perSeries: Object.fromEntries(Object.entries(sums).map(([name, values]) => [name, Array.from(values)])),
  };
}
