import type { PerResource } from '../../src/core/resource.ts';
import { type SizingOptions, sizingOptions } from '../../src/predict/sizing/policy-options.ts';
import type { PromisedRisk } from '../../src/simulate/policy.ts';
import { figuresOf } from '../../src/simulate/replay/figures.ts';
import { type History, pickContainers } from '../../src/simulate/replay/history.ts';
import { type SumName, type Sums, sumNames } from '../../src/simulate/replay/tally.ts';
import { ownRun, played } from './played.ts';

/** Options among which a choice is made, for each resource on its own; the first are those that are shipped. */
export type Candidates = PerResource<Readonly<Record<string, Partial<SizingOptions['cpu']>>>>;

/** The ways in which the shipped options were found to matter most; each is run with the other resource's in the same place. */
export const candidates: Candidates = {
  memory: {
    shipped: {},
    'own scale 0': { ownScale: 0 },
    'own scale 0.5': { ownScale: 0.5 },
    'most risk 4': { mostRisk: 4 },
  },
  cpu: {
    shipped: {},
    'small ones may risk 2.5': { mostRiskOfSmall: 2.5, mostRisk: 4.5 },
    'deficit 0.3': { deficit: 0.3 },
    'own scale 0.25': { ownScale: 0.25 },
  },
};

/** Sums after learning and of the first day. */
export interface Windows {
  readonly scored: Sums;
  readonly cold: Sums;
}

export interface CrossValidation {
  /** Options chosen on the series of all other folds, each fold a fleet of its own. */
  readonly heldOut: Windows;
  /** What is shipped, on the same fleets. */
  readonly shipped: Windows;
  /** Of each fold, what was chosen without it. */
  readonly chosen: readonly PerResource<string>[];
}

/** By so many folds of the series; `report` is called after each. */
export function crossValidated(
  history: History,
  folds: number,
  objective: PromisedRisk,
  report: (fold: number) => void,
): CrossValidation {
  const all = [...history.ids.keys()];
  const [heldOut, shipped, chosen]: [Windows[], Windows[], PerResource<string>[]] = [[], [], []];
  for (let fold = 0; fold < folds; fold += 1) {
    const others = pickContainers(
      history,
      all.filter((i) => i % folds !== fold),
    );
    const kept = pickContainers(
      history,
      all.filter((i) => i % folds === fold),
    );
    const choice = bestOn(others, objective);
    chosen.push(choice);
    heldOut.push(played(kept, ownRun(objective, 'updater', optionsOf(choice))));
    shipped.push(played(kept, ownRun(objective)));
    report(fold);
  }
  return { heldOut: joined(heldOut), shipped: joined(shipped), chosen };
}

/** The names of the candidates that are best on a history. */
export function bestOn(history: History, objective: PromisedRisk): PerResource<string> {
  const names = { cpu: Object.keys(candidates.cpu), memory: Object.keys(candidates.memory) };
  const best = { cpu: '', memory: '' };
  const least = { cpu: Number.POSITIVE_INFINITY, memory: Number.POSITIVE_INFINITY };
  for (let i = 0; i < Math.max(names.cpu.length, names.memory.length); i += 1) {
    const choice = { cpu: names.cpu[i] ?? 'shipped', memory: names.memory[i] ?? 'shipped' };
    const scores = scoresOf(played(history, ownRun(objective, 'updater', optionsOf(choice))).scored, objective);
    for (const resource of ['cpu', 'memory'] as const) {
      if (scores[resource] >= least[resource]) continue;
      least[resource] = scores[resource];
      best[resource] = choice[resource];
    }
  }
  return best;
}

export function optionsOf(choice: PerResource<string>): SizingOptions {
  return {
    ...sizingOptions,
    cpu: { ...sizingOptions.cpu, ...candidates.cpu[choice.cpu] },
    memory: { ...sizingOptions.memory, ...candidates.memory[choice.memory] },
  };
}

/** How much of the size a tenth more risk saves, in logarithms: from sweeps of the promise. */
const slope = { cpu: 0.185, memory: 0.3 };

/** Size and risk in one number, less is better: the logarithm of request by use where the risk would be the promised one. */
function scoresOf(sums: Sums, objective: PromisedRisk): PerResource<number> {
  const figures = figuresOf(sums, objective);
  const score = (size: number | null, risk: number, by: number): number =>
    Math.log(size ?? Number.POSITIVE_INFINITY) + by * Math.log(Math.max(risk, 0.1));
  return {
    cpu: score(figures.cpuReqPerUse, (figures.cpuExceeded ?? 0) / objective.cpuExceeded, slope.cpu),
    memory: score(
      figures.memReqPerUse,
      (figures.oomPer1000Days ?? 0) / (1000 * objective.memoryExceededPerDay),
      slope.memory,
    ),
  };
}

function joined(all: readonly Windows[]): Windows {
  const of = (window: 'scored' | 'cold'): Sums =>
    Object.fromEntries(
      sumNames.map((name) => [name, Float64Array.from(all.flatMap((one) => [...one[window][name]]))]),
    ) as Record<SumName, Float64Array>;
  return { scored: of('scored'), cold: of('cold') };
}
