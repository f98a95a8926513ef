import { type Fields, fieldsOf, itemsOf, textOf } from '../../cluster/fields.ts';
import { dateOf, dateOfDay, stepText } from '../../storage/plan/plan-words.ts';
import { type PlanStep, type StoragePlan, stepKinds } from '../../storage/plan/storage-plan.ts';

const secondsPerDay = 86_400;

/** The spec of a StoragePlan without `approve`, which is its admin's. */
export function planSpec(plan: StoragePlan): object {
  return {
    cluster: plan.cluster,
    subject: plan.subject,
    reason: plan.reason,
    urgent: plan.isUrgent,
    steps: plan.steps.map((step) => ({ action: step.kind, text: stepText(step), ...stepFields(step) })),
  };
}

function stepFields(step: PlanStep): object {
  const { kind, ...fields } = step;
  if (kind === 'replace-disk') {
    const { byDay, osd, ...rest } = fields as Extract<PlanStep, { kind: 'replace-disk' }>;
    return { ...rest, ...(osd === undefined ? {} : { osd }), by: dateOfDay(byDay) };
  }
  if (kind !== 'add-capacity') return withoutUndefined(fields);
  const { orderBySeconds, inPlaceBySeconds, ...rest } = fields as Extract<PlanStep, { kind: 'add-capacity' }>;
  return { ...withoutUndefined(rest), orderBy: dateOf(orderBySeconds), by: dateOf(inPlaceBySeconds) };
}

function withoutUndefined(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** A plan as it stands in the API server; undefined when a step of it cannot be read: then it is nobody's to carry out. */
export function planOf(name: string, spec: Fields): StoragePlan | undefined {
  const steps = itemsOf(spec.steps).map((step) => stepOf(fieldsOf(step)));
  if (steps.length === 0 || steps.includes(undefined)) return undefined;
  return {
    id: name,
    cluster: textOf(spec.cluster) ?? '',
    subject: textOf(spec.subject) ?? '',
    reason: textOf(spec.reason) ?? '',
    isUrgent: spec.urgent === true,
    steps: steps.filter((step) => step !== undefined),
  };
}

function stepOf(fields: Fields): PlanStep | undefined {
  const kind = stepKinds.find((one) => one === fields.action);
  const [osd, weight] = [wholeOf(fields.osd), numberOf(fields.weight)];
  if (kind === 'osd-out') return osd === undefined ? undefined : { kind, osd };
  if (kind === 'osd-reweight' || kind === 'osd-crush-reweight') {
    return osd === undefined || weight === undefined ? undefined : { kind, osd, weight };
  }
  return kind === undefined ? undefined : adviceOf(kind, fields);
}

type AdviceKind = 'replace-disk' | 'move-volumes' | 'add-capacity';

function adviceOf(kind: AdviceKind, fields: Fields): PlanStep {
  const by = secondsOf(fields.by);
  if (kind === 'replace-disk') {
    const [node, device] = [textOf(fields.node) ?? '', textOf(fields.device) ?? ''];
    return { kind, node, device, osd: wholeOf(fields.osd), byDay: by / secondsPerDay };
  }
  const pool = textOf(fields.pool) ?? '';
  if (kind === 'move-volumes') return { kind, pool, to: textOf(fields.to) };
  return {
    kind,
    pool,
    rawBytes: numberOf(fields.rawBytes) ?? 0,
    disks: wholeOf(fields.disks) ?? 0,
    diskBytes: numberOf(fields.diskBytes) ?? 0,
    deviceClass: textOf(fields.deviceClass),
    orderBySeconds: secondsOf(fields.orderBy),
    inPlaceBySeconds: by,
  };
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

function wholeOf(value: unknown): number | undefined {
  return Number.isInteger(value) ? numberOf(value) : undefined;
}

function secondsOf(date: unknown): number {
  const milliseconds = Date.parse(String(date));
  return Number.isNaN(milliseconds) ? 0 : milliseconds / 1000;
}
