import { describeError } from '../../core/errors.ts';
import { type ExecutableStep, isExecutable, type StoragePlan } from '../../storage/plan/storage-plan.ts';
import type { CephCommand } from './ceph-command.ts';
import { type BlockReason, cephWords, type Guarded, guardStep } from './guardrails.ts';
import { type LiveCluster, readLiveCluster } from './live-cluster.ts';
import type { StepStatus } from './plan-status.ts';
import { settled } from './settled.ts';

export interface ActuatorOptions {
  readonly ceph: CephCommand | undefined;
  /** Whether it may change anything. */
  readonly mayChange: boolean;
  readonly nowSeconds: number;
  /** Whether data of a step that was begun before may still be on the way, whatever the cluster says. */
  readonly isUnderWay: boolean;
}

/** How far one approved plan got, and what is to be done next, if anything. */
export interface Advance {
  readonly steps: readonly StepStatus[];
  /** To be carried out once the steps are written down. */
  readonly next: { readonly place: number; readonly words: readonly string[] } | undefined;
}

/** Looks at the cluster for all plans of one round: one reading, and at most one change. */
export class Actuator {
  readonly #options: ActuatorOptions;
  #live: LiveCluster | undefined;
  #failure: string | undefined;
  #isSpent: boolean;

  constructor(options: ActuatorOptions) {
    this.#options = options;
    this.#isSpent = options.isUnderWay;
  }

  /** What steps come to by what the cluster itself says now: what is under way is followed, and one is begun if that may be. Never throws. */
  async advance(plan: StoragePlan, steps: readonly StepStatus[], mayBegin: boolean): Promise<Advance> {
    const after = [...steps];
    for (const [place, step] of plan.steps.entries()) {
      const before = steps[place];
      if (before === undefined || !isExecutable(step) || before.phase === 'Done') continue;
      // What failed or was taken back is for people to look at; nothing behind it is begun.
      if (before.phase === 'Failed' || (before.phase !== 'Running' && !mayBegin)) break;
      const guarded = await this.#guard(plan, step);
      const status = statusAfter(before, guarded, cephWords(step), this.#options.nowSeconds);
      after[place] = status;
      if (status.phase === 'Done') continue;
      if (status.phase !== 'Starting') break;
      if (this.#isSpent) {
        after[place] = { ...before, ...blockedBy('not-clean', 'another step is under way') };
        break;
      }
      this.#isSpent = true;
      return { steps: after, next: { place, words: cephWords(step) } };
    }
    return { steps: after, next: undefined };
  }

  /** Carries out what advance() said. Never throws: what went wrong is in the status. */
  async carryOut(status: StepStatus, words: readonly string[]): Promise<StepStatus> {
    const { ceph } = this.#options;
    try {
      const said = await ceph?.change(words);
      return { ...status, phase: 'Running', reason: 'Started', message: `ceph ${words.join(' ')}: ${said || 'done'}` };
    } catch (error) {
      return { ...status, phase: 'Failed', reason: 'CommandFailed', message: describeError(error) };
    }
  }

  async #guard(plan: StoragePlan, step: ExecutableStep): Promise<Guarded> {
    const { ceph, mayChange } = this.#options;
    const command = `ceph ${cephWords(step).join(' ')}`;
    if (ceph === undefined) return block('read-only', `no ceph command is configured: run \`${command}\``);
    await this.#read(ceph);
    if (this.#live === undefined) return block('unreachable', this.#failure ?? '');
    const { fsid } = this.#live;
    // Metrics alone do not always tell which cluster they are of.
    if (plan.cluster !== '' && plan.cluster !== fsid) {
      return block('other-cluster', `the ceph command is of the cluster ${fsid}, the plan of ${plan.cluster}`);
    }
    const guarded = guardStep(step, this.#live);
    if (guarded.kind !== 'go' || mayChange) return guarded;
    return block('read-only', `changes are not allowed by the configuration: run \`${command}\``);
  }

  async #read(ceph: CephCommand): Promise<void> {
    if (this.#live !== undefined || this.#failure !== undefined) return;
    try {
      this.#live = await readLiveCluster(ceph);
    } catch (error) {
      this.#failure = describeError(error);
    }
  }
}

function block(reason: BlockReason, text: string): Guarded {
  return { kind: 'blocked', reason, text };
}

function statusAfter(
  { cleanSince, ...before }: StepStatus,
  guarded: Guarded,
  words: readonly string[],
  nowSeconds: number,
): StepStatus {
  const command = `ceph ${words.join(' ')}`;
  if (guarded.kind === 'done') return settled(before, cleanSince, command, nowSeconds);
  if (guarded.kind === 'running') return { ...before, phase: 'Running', reason: 'DataMoves', message: guarded.text };
  // Under way, and somebody undid it: it is not done again against them. What only could not be read stays what it was.
  if (before.phase === 'Running') {
    if (guarded.kind === 'blocked') {
      // Removed from the cluster: that is what it was taken out for.
      const isGone = guarded.reason === 'unknown-osd';
      return { ...before, message: guarded.text, ...(isGone ? { phase: 'Done', reason: '' } : {}) };
    }
    return { ...before, phase: 'Failed', reason: 'TakenBack', message: 'the cluster shows no trace of it any more' };
  }
  if (guarded.kind === 'blocked') return { ...before, ...blockedBy(guarded.reason, guarded.text) };
  return { ...before, phase: 'Starting', reason: '', message: command };
}

function blockedBy(reason: BlockReason, message: string): Pick<StepStatus, 'phase' | 'reason' | 'message'> {
  return { phase: 'Blocked', reason: camel(reason), message };
}

/** Reasons of conditions are CamelCase. */
function camel(reason: BlockReason): string {
  return reason.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
