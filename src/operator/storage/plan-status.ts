import { type Fields, fieldsOf, itemsOf, textOf } from '../../cluster/fields.ts';
import { isExecutable, type StoragePlan } from '../../storage/plan/storage-plan.ts';
import { timeText } from '../../storage/storage-report.ts';

export const stepPhases = ['Advice', 'Proposed', 'Blocked', 'Starting', 'Running', 'Done', 'Failed'] as const;

export type StepPhase = (typeof stepPhases)[number];

export interface StepStatus {
  readonly action: string;
  readonly phase: StepPhase;
  /** In CamelCase; empty where the phase says all. */
  readonly reason: string;
  readonly message: string;
  /** While its data moves: since when each look found everything clean, as an ISO date. */
  readonly cleanSince?: string;
}

/** What is so with a plan now. */
export interface PlanProgress {
  readonly approved: boolean;
  /** Whether what it was made for still is. */
  readonly needed: boolean;
  readonly steps: readonly StepStatus[];
}

/** Something that happened to a step, for the trail and for an Event. */
export interface StepNews {
  readonly time: string;
  readonly step: number;
  readonly phase: StepPhase;
  readonly reason: string;
  readonly message: string;
}

const longestTrail = 50;

/** What the steps of a plan stand at by its status; advice and proposals for a new one. */
export function stepsIn(plan: StoragePlan, status: Fields): readonly StepStatus[] {
  const held = itemsOf(status.steps).map(fieldsOf);
  return plan.steps.map((step, i) => {
    const before = held[i]?.action === step.kind ? held[i] : undefined;
    const phase = stepPhases.find((one) => one === before?.phase) ?? (isExecutable(step) ? 'Proposed' : 'Advice');
    const since = textOf(before?.cleanSince);
    return {
      action: step.kind,
      phase,
      reason: textOf(before?.reason) ?? '',
      message: textOf(before?.message) ?? '',
      ...(since === undefined ? {} : { cleanSince: since }),
    };
  });
}

/** The status that follows, and what is new in it; undefined when nothing is. */
export function nextStatus(
  before: Fields,
  progress: PlanProgress,
  nowSeconds: number,
): { readonly status: object; readonly news: readonly StepNews[] } | undefined {
  const time = timeText(nowSeconds);
  const news = newsOf(itemsOf(before.steps).map(fieldsOf), progress.steps, time);
  const conditions = conditionsOf(progress).map((one) => withTime(one, before, time));
  const phase = phaseOf(progress);
  const isSame = news.length === 0 && phase === before.phase && isSameConditions(before, conditions);
  if (isSame && isSameSteps(before, progress.steps)) return undefined;
  const trail = [...itemsOf(before.trail), ...news].slice(-longestTrail);
  return { status: { phase, needed: progress.needed, steps: progress.steps, conditions, trail }, news };
}

/** A step's message changes with every look while it runs: only another phase or reason is news. */
function newsOf(before: readonly Fields[], steps: readonly StepStatus[], time: string): StepNews[] {
  return steps.flatMap(({ phase, reason, message }, step) => {
    if (phase === 'Advice' || (phase === 'Proposed' && before[step] === undefined)) return [];
    const held = before[step];
    if (held?.phase === phase && (textOf(held.reason) ?? '') === reason) return [];
    return [{ time, step, phase, reason, message }];
  });
}

interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

function conditionsOf({ approved, needed, steps }: PlanProgress): Condition[] {
  const blocked = steps.find(({ phase }) => phase === 'Blocked');
  const own = steps.filter(({ phase }) => phase !== 'Advice');
  const done = own.length > 0 && own.every(({ phase }) => phase === 'Done');
  return [
    condition('Approved', approved, approved ? 'Approved' : 'WaitsForApproval', ''),
    condition('Needed', needed, needed ? 'Recommended' : 'NoLongerRecommended', ''),
    condition('Blocked', blocked !== undefined, blocked?.reason || 'NotBlocked', blocked?.message ?? ''),
    condition('Complete', done, done ? 'AllStepsDone' : 'StepsLeft', ''),
  ];
}

function condition(type: string, holds: boolean, reason: string, message: string): Condition {
  return { type, status: holds ? 'True' : 'False', reason, message };
}

function withTime(one: Condition, before: Fields, time: string): Condition & { readonly lastTransitionTime: string } {
  const held = itemsOf(before.conditions)
    .map(fieldsOf)
    .find(({ type }) => type === one.type);
  const lastTransitionTime = held?.status === one.status ? (textOf(held.lastTransitionTime) ?? time) : time;
  return { ...one, lastTransitionTime };
}

function phaseOf({ steps, needed }: PlanProgress): string {
  const phases = new Set(steps.map(({ phase }) => phase));
  for (const one of ['Failed', 'Starting', 'Running', 'Blocked'] as const) {
    if (phases.has(one)) return one === 'Starting' ? 'Running' : one;
  }
  if (phases.has('Done') && !phases.has('Proposed')) return 'Done';
  if (!needed) return 'Withdrawn';
  return phases.has('Proposed') ? 'Proposed' : 'Advice';
}

function isSameConditions(before: Fields, conditions: readonly Condition[]): boolean {
  const held = itemsOf(before.conditions).map(fieldsOf);
  return conditions.every((one, i) => {
    const other = held[i];
    return other?.type === one.type && other.status === one.status && other.reason === one.reason;
  });
}

function isSameSteps(before: Fields, steps: readonly StepStatus[]): boolean {
  const held = itemsOf(before.steps).map(fieldsOf);
  const isSame = ({ message, cleanSince }: StepStatus, before: Fields | undefined) =>
    (textOf(before?.message) ?? '') === message && textOf(before?.cleanSince) === cleanSince;
  return held.length === steps.length && steps.every((step, i) => isSame(step, held[i]));
}
