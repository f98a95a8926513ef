import type { PerResource } from '../../src/core/resource.ts';
import { type SizingOptions, sizingOptions } from '../../src/predict/sizing/policy-options.ts';
import { createOwnPolicy } from '../../src/simulate/own-policy.ts';
import { policyNamed } from '../../src/simulate/policies.ts';
import type { Advice, Policy, PolicySetup, PromisedRisk } from '../../src/simulate/policy.ts';
import type { History } from '../../src/simulate/replay/history.ts';
import { Recorder } from '../../src/simulate/replay/recorder.ts';
import { replay } from '../../src/simulate/replay/replay.ts';
import { defaultObjective, type Variant, windowsOf } from '../../src/simulate/replay/rules.ts';
import type { Sums } from '../../src/simulate/replay/tally.ts';

const week = 7 * 86_400;

/** Whose advice is replayed, and how. */
export interface Run {
  readonly name: string;
  readonly create: (setup: PolicySetup) => Policy;
  readonly variant: Variant;
  readonly objective: PromisedRisk;
}

/** The product's sizing, with options of its own or others. */
export function ownRun(
  objective: Partial<PromisedRisk> = {},
  variant: Variant = 'updater',
  sizing: SizingOptions = sizingOptions,
): Run {
  return {
    name: 'barograph',
    create: (setup) => createOwnPolicy(setup, sizing),
    variant,
    objective: { ...defaultObjective, ...objective },
  };
}

export function peerRun(name: string): Run {
  return { name, create: policyNamed(name).create, variant: 'updater', objective: defaultObjective };
}

/** Sums after a week of learning, and those of the first 24 hours. */
export function played(history: History, { create, variant, objective }: Run): { scored: Sums; cold: Sums } {
  const recorder = new Recorder(history, { windows: windowsOf(history.times.length, history.stepSeconds, week) });
  const series = history.ids.map((id, i) => ({
    id,
    capacity: { cpu: history.capacity.cpu[i] ?? 0, memory: history.capacity.memory[i] ?? 0 },
  }));
  const policy = create({ stepSeconds: history.stepSeconds, objective, series });
  const turns = replay(history, { variant }, recorder.onStep);
  let advice: PerResource<Advice> | undefined;
  for (let next = turns.next(); next.done !== true; next = turns.next(advice)) {
    policy.observe(next.value.step);
    advice = next.value.asks ? policy.recommend(next.value.only) : undefined;
  }
  const of = (name: string): Sums => {
    const found = recorder.part().windows.find(({ window }) => window.name === name);
    if (found === undefined) throw new RangeError(`the replay has no window '${name}'`);
    return found.sums;
  };
  return { scored: of('scored'), cold: of('cold') };
}
