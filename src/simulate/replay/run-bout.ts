import type { PerResource } from '../../core/resource.ts';
import { policyNamed } from '../policies.ts';
import type { Advice, PolicySetup } from '../policy.ts';
import { CommandPolicy } from '../protocol/command-policy.ts';
import { replayClairvoyant } from './clairvoyant.ts';
import type { History } from './history.ts';
import type { Part } from './outcome.ts';
import type { Bout } from './plan.ts';
import { Recorder } from './recorder.ts';
import { replay } from './replay.ts';

/** Told the share of a replay that is done. */
export type OnProgress = (share: number) => void;

const stepsAReport = 32;

/** A replay that needs no other process; takes the thread until it is done. Throws POLICY_FAILED, USAGE_WRONG. */
export function runBout(history: History, bout: Bout, onProgress: OnProgress): Part {
  const { contender, rules } = bout;
  const recorder = new Recorder(history, bout.rules);
  if (contender.kind === 'clairvoyant') {
    replayClairvoyant(history, rules.objective, contender.hours, recorder.onStep);
  } else {
    const policy = policyNamed(contender.kind === 'policy' ? contender.name : contender.command).create(
      setupOf(history, bout),
    );
    const turns = replay(history, rules, recorder.onStep);
    let advice: PerResource<Advice> | undefined;
    for (let next = turns.next(); next.done !== true; next = turns.next(advice)) {
      const { index, step, asks, only } = next.value;
      policy.observe(step);
      advice = asks ? policy.recommend(only) : undefined;
      if (index % stepsAReport === 0) onProgress(index / history.times.length);
    }
  }
  return recorder.part();
}

/** A replay of a program that speaks the policy protocol. Throws POLICY_FAILED. */
export async function runCommand(history: History, bout: Bout, command: string, onProgress: OnProgress): Promise<Part> {
  const recorder = new Recorder(history, bout.rules);
  const policy = new CommandPolicy(command);
  try {
    const name = await policy.reset(setupOf(history, bout));
    const turns = replay(history, bout.rules, recorder.onStep);
    let advice: PerResource<Advice> | undefined;
    for (let next = turns.next(); next.done !== true; next = turns.next(advice)) {
      advice = await policy.step(next.value.step, next.value.asks);
      if (next.value.index % stepsAReport === 0) onProgress(next.value.index / history.times.length);
    }
    await policy.close();
    return recorder.part(name);
  } finally {
    policy.kill();
  }
}

function setupOf({ ids, stepSeconds, capacity }: History, { rules }: Bout): PolicySetup {
  const series = ids.map((id, i) => ({
    id,
    capacity: { cpu: capacity.cpu[i] ?? 0, memory: capacity.memory[i] ?? 0 },
  }));
  return { stepSeconds, objective: rules.objective, series };
}
