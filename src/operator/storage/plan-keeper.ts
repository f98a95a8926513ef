import { isDeepStrictEqual } from 'node:util';
import type { Logger } from '../../core/log.ts';
import { isJudged } from '../../storage/plan/plan-judged.ts';
import type { PlanOptions } from '../../storage/plan/plan-options.ts';
import { stepText } from '../../storage/plan/plan-words.ts';
import type { StoragePlan } from '../../storage/plan/storage-plan.ts';
import type { PlanState } from '../../storage/storage-report.ts';
import type { Elector } from '../elector.ts';
import { Actuator, type Advance } from './actuator.ts';
import type { CephCommand } from './ceph-command.ts';
import type { ResourceStore, StoredObject } from './custom-resources.ts';
import type { TellOfPlan } from './plan-events.ts';
import { planSpec } from './plan-objects.ts';
import { nextStatus, type PlanProgress, type StepNews, type StepStatus, stepsIn } from './plan-status.ts';
import type { StorageKnowledge } from './storage-knowledge.ts';

export interface PlanKeeperOptions {
  readonly store: ResourceStore;
  readonly elector: Pick<Elector, 'isLeader'>;
  readonly logger: Logger;
  readonly ceph: CephCommand | undefined;
  readonly mayChange: boolean;
  readonly tell: TellOfPlan;
  /** Whether what a plan of a cluster was made from is too old to act on. */
  readonly isDoubtful: (cluster: string) => boolean;
}

export interface PlanRound {
  readonly held: readonly StoredObject[];
  /** What `held` says, where it can be read. */
  readonly previous: ReadonlyMap<string, StoragePlan>;
  readonly wanted: readonly StoragePlan[];
  readonly knowledge: StorageKnowledge;
  readonly planned: PlanOptions;
}

interface Kept {
  readonly object: StoredObject;
  readonly plan: StoragePlan;
  /** Whether what it was made for still is. */
  readonly needed: boolean;
}

// What was carried out stays to be read for this long after it is needed no more.
const keepSeconds = 30 * 86_400;

/** One round over all plans: writes what is new, takes back what nobody approved and nobody needs, carries out what was approved. */
export class PlanKeeper {
  readonly #options: PlanKeeperOptions;

  constructor(options: PlanKeeperOptions) {
    this.#options = options;
  }

  async round(round: PlanRound): Promise<PlanState[]> {
    const { held, previous, planned } = round;
    const isUnderWay = held.some(({ name, status }) => {
      const plan = previous.get(name);
      return plan !== undefined && isRunning(stepsIn(plan, status));
    });
    const actuator = new Actuator({ ...this.#options, nowSeconds: planned.nowSeconds, isUnderWay });
    return [...(await this.#keepWanted(round, actuator)), ...(await this.#keepOthers(round, actuator))];
  }

  async #keepWanted(
    { held, previous, wanted, planned: { nowSeconds } }: PlanRound,
    actuator: Actuator,
  ): Promise<PlanState[]> {
    const byName = new Map(held.map((object) => [object.name, object]));
    const kept: PlanState[] = [];
    for (const plan of wanted) {
      const known = byName.get(plan.id);
      const before = previous.get(plan.id);
      // Somebody wrote what cannot be read: nothing is done by what it might mean.
      if (known !== undefined && before === undefined) continue;
      const object = known ?? (await this.#propose(plan, nowSeconds));
      if (object === undefined) continue;
      const current = before === undefined ? plan : await this.#renew(object, before, plan);
      kept.push(await this.#keep({ object, plan: current, needed: true }, actuator, nowSeconds));
    }
    return kept;
  }

  /** Those that are not recommended any more, or of which nobody can say. */
  async #keepOthers(
    { held, previous, wanted, knowledge, planned }: PlanRound,
    actuator: Actuator,
  ): Promise<PlanState[]> {
    const { nowSeconds } = planned;
    const ids = new Set(wanted.map(({ id }) => id));
    const kept: PlanState[] = [];
    for (const object of held) {
      const plan = previous.get(object.name);
      if (plan === undefined || ids.has(object.name)) continue;
      const isNeeded = !isJudged(plan, knowledge.state, knowledge.nodeDisks, planned);
      if (!isNeeded && this.#isOver(object, nowSeconds)) await this.#options.store.remove(object.name);
      else kept.push(await this.#keep({ object, plan, needed: isNeeded }, actuator, nowSeconds));
    }
    return kept;
  }

  async #propose(plan: StoragePlan, nowSeconds: number): Promise<StoredObject | undefined> {
    const { store, tell, logger } = this.#options;
    const made = await store.create(plan.id, { ...planSpec(plan), approve: false });
    if (made === undefined) return undefined;
    logger.info({ plan: plan.id, subject: plan.subject, reason: plan.reason }, 'a storage plan is proposed');
    const message = `${plan.subject}: ${plan.reason}. ${plan.steps.map(stepText).join('; then ')}`;
    await tell({ ...made, reason: 'PlanProposed', message, isWarning: plan.isUrgent }, nowSeconds);
    return made;
  }

  /** What was approved is what is carried out: from then on it is not rewritten. */
  async #renew(object: StoredObject, before: StoragePlan, plan: StoragePlan): Promise<StoragePlan> {
    if (isApproved(object) || isDeepStrictEqual(planSpec(before), planSpec(plan))) return before;
    return (await this.#options.store.patchSpec(object, planSpec(plan))) ? plan : before;
  }

  async #keep({ object, plan, needed }: Kept, actuator: Actuator, nowSeconds: number): Promise<PlanState> {
    const approved = isApproved(object);
    const steps = stepsIn(plan, object.status).map((step) => (approved ? step : unapproved(step)));
    // What has begun is followed to its end; nothing is begun that is needed no more, or on what was known once.
    const mayBegin = approved && needed && !this.#options.isDoubtful(plan.cluster);
    const advance: Advance =
      mayBegin || isRunning(steps) ? await actuator.advance(plan, steps, mayBegin) : { steps, next: undefined };
    let status = await this.#write(object, object.status, { approved, needed, steps: advance.steps }, nowSeconds);
    let now = advance.steps;
    if (advance.next !== undefined && this.#options.elector.isLeader) {
      const { place, words } = advance.next;
      const begun = advance.steps[place];
      if (begun !== undefined) {
        const after = await actuator.carryOut(begun, words);
        now = advance.steps.map((step, i) => (i === place ? after : step));
        status = await this.#write(object, status, { approved, needed, steps: now }, nowSeconds);
      }
    }
    return { plan, approved, phase: String(status.phase ?? ''), steps: now };
  }

  /** The status as it is from now on. */
  async #write(
    object: StoredObject,
    before: StoredObject['status'],
    progress: PlanProgress,
    nowSeconds: number,
  ): Promise<StoredObject['status']> {
    const { store, tell, logger } = this.#options;
    const next = nextStatus(before, progress, nowSeconds);
    if (next === undefined) return before;
    await store.patchStatus(object.name, next.status);
    for (const news of next.news) {
      logger.info({ plan: object.name, ...news }, 'a step of a storage plan');
      await tell({ ...object, ...noticeOf(news) }, nowSeconds);
    }
    return { ...next.status };
  }

  /** Nobody needs it any more: at once where nothing was done, else after a while. */
  #isOver({ status, createdSeconds }: StoredObject, nowSeconds: number): boolean {
    const hasBegun = Array.isArray(status.trail) && status.trail.length > 0;
    return !hasBegun || nowSeconds - createdSeconds > keepSeconds;
  }
}

function isRunning(steps: readonly StepStatus[]): boolean {
  return steps.some(({ phase }) => phase === 'Running');
}

function isApproved({ spec }: StoredObject): boolean {
  return spec.approve === true;
}

/** Approval that was taken back: what failed or was blocked is a proposal again, so that it can be tried anew. */
function unapproved(step: StepStatus): StepStatus {
  const isOpen = step.phase === 'Blocked' || step.phase === 'Failed' || step.phase === 'Starting';
  return isOpen ? { action: step.action, phase: 'Proposed', reason: '', message: '' } : step;
}

function noticeOf({ phase, reason, message }: StepNews): { reason: string; message: string; isWarning: boolean } {
  return {
    reason: `Step${phase}`,
    message: [reason, message].filter(Boolean).join(': '),
    isWarning: phase === 'Failed' || phase === 'Blocked',
  };
}
