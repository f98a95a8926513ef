import { BarographError } from '../../core/errors.ts';
import { ownPolicy } from '../../simulate/own-policy.ts';
import { policyKinds, policyNamed } from '../../simulate/policies.ts';
import type { PromisedRisk } from '../../simulate/policy.ts';
import type { History } from '../../simulate/replay/history.ts';
import type { Bout, Contender } from '../../simulate/replay/plan.ts';
import { type ReplayRules, windowsOf } from '../../simulate/replay/rules.ts';
import type { SimulateOptions } from './options.ts';
import { secondsOf } from './read-history.ts';

const clairvoyant = /^clairvoyant-(\d+)h$/;
/** Variants that differ little from others in the list: run when they are named. */
const onlyNamed = ['krr-floors'];

/** What the command line asks for, before anything is read. */
export interface WantedPlan {
  readonly objective: PromisedRisk;
  readonly warmUpSeconds: number;
  readonly variant: ReplayRules['variant'];
  /** Undefined: all that make sense. */
  readonly policies: readonly Contender[] | undefined;
  readonly commands: readonly string[];
  /** Multiples of the promised risk. */
  readonly factors: readonly string[];
}

/** Throws USAGE_WRONG. */
export function wantedPlan(options: SimulateOptions): WantedPlan {
  return {
    objective: readObjective(options.objective),
    warmUpSeconds: secondsOf('--warm-up', options.warmUp),
    variant: options.variant,
    policies: options.policy?.map(contenderOf),
    commands: options.command ?? [],
    factors: factorsOf(options.sweep),
  };
}

/** What is to be replayed on a history. */
export function planOf(wanted: WantedPlan, { times, stepSeconds, isCapacityKnown }: History): Bout[] {
  const { objective, variant, warmUpSeconds } = wanted;
  const rules: ReplayRules = { variant, objective, windows: windowsOf(times.length, stepSeconds, warmUpSeconds) };
  const contenders: Contender[] = [
    ...(wanted.policies ?? defaultNames(isCapacityKnown).map(contenderOf)),
    ...wanted.commands.map((command): Contender => ({ kind: 'command', command })),
  ];
  return [
    ...contenders.map((contender) => ({ contender, rules })),
    ...wanted.factors.map((factor) => sweepBout(factor, rules)),
  ];
}

/** Reads `cpu=0.01,memory-per-day=0.12`; what is not named stays as by default. Throws USAGE_WRONG. */
function readObjective(text: string): PromisedRisk {
  const risk = { cpuExceeded: 0.01, memoryExceededPerDay: 0.12 };
  const keys = { cpu: 'cpuExceeded', 'memory-per-day': 'memoryExceededPerDay' } as const;
  for (const part of text.split(',')) {
    const [name = '', value = ''] = part.split('=').map((piece) => piece.trim());
    const number = value === '' ? Number.NaN : Number(value);
    if (!Object.hasOwn(keys, name) || !(number >= 0)) {
      throw new BarographError('USAGE_WRONG', `--objective: expected cpu=0.01,memory-per-day=0.12, received '${part}'`);
    }
    risk[keys[name as keyof typeof keys]] = number;
  }
  return risk;
}

function defaultNames(isCapacityKnown: boolean): string[] {
  const named = policyKinds.map(({ name }) => name).filter((name) => !onlyNamed.includes(name));
  // Requests that nobody knows are nothing to compare with.
  const compared = isCapacityKnown ? named : named.filter((name) => name !== 'unchanged');
  return [...compared, 'clairvoyant-24h'];
}

function contenderOf(name: string): Contender {
  const hours = Number(clairvoyant.exec(name)?.[1] ?? 0);
  return hours > 0 ? { kind: 'clairvoyant', hours } : { kind: 'policy', name: policyNamed(name).name };
}

function factorsOf(sweep: string | undefined): readonly string[] {
  const factors = sweep?.split(',').map((text) => text.trim()) ?? [];
  const wrong = factors.find((text) => !(Number(text) > 0));
  if (wrong === undefined) return factors;
  throw new BarographError('USAGE_WRONG', `--sweep: expected factors above 0, received '${wrong}'`);
}

function sweepBout(factor: string, rules: ReplayRules): Bout {
  const objective = {
    cpuExceeded: rules.objective.cpuExceeded * Number(factor),
    memoryExceededPerDay: rules.objective.memoryExceededPerDay * Number(factor),
  };
  const label = `${ownPolicy.name} ×${factor}`;
  return { contender: { kind: 'policy', name: ownPolicy.name }, rules: { ...rules, objective }, label };
}
