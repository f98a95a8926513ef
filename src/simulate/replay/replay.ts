import { BarographError } from '../../core/errors.ts';
import { type PerResource, type Resource, resources } from '../../core/resource.ts';
import { roundHalfToEven, thousandths } from '../numbers.ts';
import type { Advice, PolicyStep } from '../policy.ts';
import type { History } from './history.ts';
import { askSeconds, type ReplayRules, settleSeconds, wholeUp, worthwhileShare } from './rules.ts';

/** One step of a replay, as the policy is to see it. */
export interface Turn {
  readonly index: number;
  readonly step: PolicyStep;
  /** Whether the policy is asked now; only for those that were killed, unless the hour is full (undefined: for all). */
  readonly asks: boolean;
  readonly only: readonly number[] | undefined;
}

/** What was in force in a step and what was changed at its end; the arrays are written over by the next. */
export type OnStep = (
  index: number,
  requests: PerResource<Float64Array>,
  changed: Uint8Array,
  next: PerResource<Float64Array>,
) => void;

/**
 * Replays a history against a policy, causally: every step is shown first, then the policy's advice, where it is asked, holds from the next step on. Memory
 * limit = memory request, no CPU limit. Memory above the request is a kill: the policy is shown the limit, and its targets are applied to the
 * killed at once. The caller answers each turn that asks with the advice. Throws POLICY_FAILED at advice that cannot be followed.
 */
export function* replay(
  history: History,
  { variant }: Pick<ReplayRules, 'variant'>,
  onStep: OnStep,
): Generator<Turn, void, PerResource<Advice> | undefined> {
  const { ids, times, stepSeconds } = history;
  const count = ids.length;
  const shown = { cpu: new Float64Array(count), memory: new Float64Array(count) };
  const requests = new Requests(history, variant === 'updater');
  const stepsPerAsk = Math.max(1, Math.floor(askSeconds / stepSeconds));
  for (const [index, timeSeconds] of times.entries()) {
    const killed = show(history, index, requests.now.memory, shown);
    const isDue = (index + 1) % stepsPerAsk === 0;
    const asks = isDue || killed.length > 0;
    const step = { timeSeconds, usage: shown, killed };
    const advice = yield { index, step, asks, only: isDue ? undefined : killed };
    requests.follow(asks ? advice : undefined, timeSeconds, killed, isDue);
    onStep(index, requests.inForce, requests.changed, requests.now);
  }
}

/** Puts what a policy sees of a step into `shown`; gives who was killed. */
function show(
  { ids, usage }: History,
  index: number,
  limits: Float64Array,
  shown: PerResource<Float64Array>,
): readonly number[] {
  const killed: number[] = [];
  const at = index * ids.length;
  for (let i = 0; i < ids.length; i += 1) {
    const memory = usage.memory[at + i] ?? Number.NaN;
    const limit = limits[i] ?? 0;
    const isKilled = memory > limit;
    if (isKilled) killed.push(i);
    shown.cpu[i] = thousandths(usage.cpu[at + i] ?? Number.NaN);
    shown.memory[i] = roundHalfToEven(isKilled ? limit : memory);
  }
  return killed;
}

/** The requests in force, and the rules by which they change. */
class Requests {
  readonly now: PerResource<Float64Array>;
  /** Those of the step that is being left. */
  readonly inForce: PerResource<Float64Array>;
  readonly changed: Uint8Array;
  readonly #ids: readonly string[];
  readonly #together: boolean;
  readonly #lastChange: Float64Array;

  constructor({ ids, capacity, times }: History, together: boolean) {
    this.now = { cpu: capacity.cpu.slice(), memory: capacity.memory.slice() };
    this.inForce = { cpu: capacity.cpu.slice(), memory: capacity.memory.slice() };
    this.changed = new Uint8Array(ids.length);
    this.#ids = ids;
    this.#together = together;
    this.#lastChange = new Float64Array(ids.length).fill(times[0] ?? 0);
  }

  follow(
    advice: PerResource<Advice> | undefined,
    timeSeconds: number,
    killed: readonly number[],
    isDue: boolean,
  ): void {
    for (const resource of resources) this.inForce[resource].set(this.now[resource]);
    this.changed.fill(0);
    if (advice === undefined) return;
    const isKilled = new Set(killed);
    for (const i of isDue ? this.#ids.keys() : killed) this.#follow(i, advice, timeSeconds, isKilled.has(i), isDue);
  }

  #follow(i: number, advice: PerResource<Advice>, timeSeconds: number, isKilled: boolean, isDue: boolean): void {
    const cpu = this.#planned(i, 'cpu', advice.cpu, 1e-3);
    const memory = this.#planned(i, 'memory', advice.memory, 1);
    const both = isKilled || (this.#together && this.#isTime(i, advice, timeSeconds, cpu.share + memory.share));
    let differs = false;
    for (const [resource, { target, share }] of [['cpu', cpu] as const, ['memory', memory] as const]) {
      if (share === 0 || !(both || (isDue && !this.#together && share >= worthwhileShare))) continue;
      this.now[resource][i] = target;
      differs = true;
    }
    if (!differs) return;
    this.changed[i] = 1;
    this.#lastChange[i] = timeSeconds;
  }

  /** What a request is to become, and by which share of what it is (or of the least there is) that differs. */
  #planned(i: number, resource: Resource, advice: Advice, least: number): { target: number; share: number } {
    const now = this.now[resource][i] ?? 0;
    const target = this.#targetOf(i, resource, advice);
    return { target, share: Math.abs(target - now) / Math.max(now, least) };
  }

  /** The rule of the VPA's updater. */
  #isTime(i: number, advice: PerResource<Advice>, timeSeconds: number, share: number): boolean {
    if (resources.some((resource) => isOutside(this.now[resource][i] ?? 0, advice[resource], i))) return true;
    return timeSeconds - (this.#lastChange[i] ?? 0) > settleSeconds && share >= worthwhileShare;
  }

  /** Without a recommendation a request stays as it is. */
  #targetOf(i: number, resource: Resource, { target }: Advice): number {
    const value = target[i];
    if (value !== undefined && Number.isNaN(value)) return this.now[resource][i] ?? 0;
    if (value !== undefined && value >= 0 && Number.isFinite(value)) return wholeUp(value);
    throw new BarographError(
      'POLICY_FAILED',
      `a policy's ${resource} target for ${this.#ids[i]} is ${value}; expected a number of at least 0`,
    );
  }
}

function isOutside(request: number, { lower, upper }: Advice, i: number): boolean {
  return request < (lower[i] ?? 0) || request > (upper[i] ?? Number.POSITIVE_INFINITY);
}
