import type { PlanStep, StoragePlan } from './storage-plan.ts';

// What moves by less stays as it was written: dates and sizes are forecasts, and change a little every hour.
const steadyDays = 7;
const steadyShare = 0.25;
const secondsPerDay = 86_400;

/** The plan of before where the new one says nearly the same, else the new one. */
export function steadyPlan(plan: StoragePlan, before: StoragePlan | undefined): StoragePlan {
  if (before === undefined || before.isUrgent !== plan.isUrgent || before.steps.length !== plan.steps.length)
    return plan;
  const isSame = plan.steps.every((step, i) => isNearly(step, before.steps[i]));
  return isSame ? before : plan;
}

function isNearly(step: PlanStep, before: PlanStep | undefined): boolean {
  if (before === undefined) return false;
  switch (step.kind) {
    case 'osd-out':
      return before.kind === step.kind && before.osd === step.osd;
    case 'osd-reweight':
    case 'osd-crush-reweight':
      // The first weight that was proposed stays, or every look would take off some more.
      return before.kind === step.kind && before.osd === step.osd;
    case 'replace-disk':
      return (
        before.kind === step.kind &&
        before.device === step.device &&
        before.node === step.node &&
        Math.abs(before.byDay - step.byDay) <= steadyDays
      );
    case 'move-volumes':
      return before.kind === step.kind && before.pool === step.pool;
    case 'add-capacity':
      return before.kind === step.kind && before.pool === step.pool && isNearlyAs(step, before);
  }
}

type AddStep = Extract<PlanStep, { kind: 'add-capacity' }>;

function isNearlyAs(step: AddStep, before: AddStep): boolean {
  const days = Math.abs(step.inPlaceBySeconds - before.inPlaceBySeconds) / secondsPerDay;
  return days <= steadyDays && Math.abs(step.rawBytes - before.rawBytes) <= steadyShare * before.rawBytes;
}
