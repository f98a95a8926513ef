import {
  type StoragePlural,
  storageGroup,
  storageKinds,
  storageVersion,
} from '../../operator/storage/custom-resources.ts';
import { blockReasons } from '../../operator/storage/guardrails.ts';
import { stepPhases } from '../../operator/storage/plan-status.ts';
import { stepKinds } from '../../storage/plan/storage-plan.ts';
import { diskVerdicts } from '../../storage/storage-report.ts';
import { type KubernetesObject, labels } from './options.ts';

type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string' };
const number: Schema = { type: 'number' };
const whole: Schema = { type: 'integer', format: 'int64' };
const flag: Schema = { type: 'boolean' };
const share: Schema = { type: 'number', minimum: 0 };
const probability: Schema = { type: 'number', minimum: 0, maximum: 1 };
const time: Schema = { type: 'string', format: 'date-time' };
const date: Schema = { type: 'string', format: 'date' };

function object(properties: Readonly<Record<string, Schema>>, more: Schema = {}): Schema {
  return { type: 'object', properties, ...more };
}

function list(items: Schema): Schema {
  return { type: 'array', items };
}

const dates = object({ p10: date, p50: date, p90: date });

const diskHealth = object({
  node: text,
  device: text,
  model: text,
  serial: text,
  cluster: text,
  osd: whole,
  cephDevice: text,
  verdict: { type: 'string', enum: [...diskVerdicts] },
  basis: text,
  failing: flag,
  probabilityWithin7Days: probability,
  probabilityWithin14Days: probability,
  probabilityWithin30Days: probability,
  reasons: list(text),
  notes: list(text),
  replaceBy: object({ date, earliest: date, latest: date }),
  observed: time,
  written: time,
});

const poolForecast = object({
  cluster: text,
  pool: text,
  storedBytes: number,
  roomBytes: number,
  usedShare: share,
  growthBytesPerDay: number,
  nearFull: dates,
  full: dates,
  iops: number,
  bytesPerSecond: number,
  latencyMilliseconds: number,
  saturation: share,
  failingDisks: list(text),
  refused: list(object({ reason: text, message: text })),
  observed: time,
  written: time,
});

const step = object(
  {
    action: { type: 'string', enum: [...stepKinds] },
    text,
    osd: { ...whole, minimum: 0 },
    weight: { ...number, minimum: 0 },
    node: text,
    device: text,
    pool: text,
    to: text,
    deviceClass: text,
    rawBytes: number,
    disks: whole,
    diskBytes: number,
    orderBy: date,
    by: date,
  },
  { required: ['action'] },
);

const planSpec = object(
  {
    approve: {
      ...flag,
      default: false,
      description: 'Set to true, what the ceph command can do of it is carried out.',
    },
    cluster: text,
    subject: text,
    reason: text,
    urgent: flag,
    steps: { ...list(step), maxItems: 16 },
  },
  {
    // What was approved is what is carried out.
    'x-kubernetes-validations': [
      {
        rule: '!(oldSelf.approve && self.approve) || self.steps == oldSelf.steps',
        message: 'the steps of an approved plan do not change; take back the approval first',
      },
    ],
    required: ['steps'],
  },
);

const phase: Schema = { type: 'string', enum: [...stepPhases] };

const planStatus = object({
  phase: text,
  needed: flag,
  steps: list(object({ action: text, phase, reason: text, message: text, cleanSince: time })),
  conditions: {
    ...list(
      object(
        {
          type: text,
          status: { type: 'string', enum: ['True', 'False', 'Unknown'] },
          reason: { ...text, description: `Where blocked: ${blockReasons.join(', ')}, in CamelCase.` },
          message: text,
          lastTransitionTime: time,
        },
        { required: ['type', 'status'] },
      ),
    ),
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['type'],
  },
  trail: list(object({ time, step: whole, phase, reason: text, message: text })),
});

interface Column {
  readonly name: string;
  readonly type: string;
  readonly jsonPath: string;
  readonly priority?: number;
}

function column(name: string, jsonPath: string, type = 'string', priority = 0): Column {
  return { name, type, jsonPath, ...(priority === 0 ? {} : { priority }) };
}

/** The kinds that the operator writes: two that only say what is expected, and the plans that an admin approves. */
export function storageDefinitions(): KubernetesObject[] {
  return [
    definition('diskhealths', object({ status: diskHealth }), [
      column('Node', '.status.node'),
      column('Device', '.status.device'),
      column('OSD', '.status.osd', 'integer'),
      column('Verdict', '.status.verdict'),
      column('14 days', '.status.probabilityWithin14Days', 'number'),
      column('Replace by', '.status.replaceBy.date'),
      column('Observed', '.status.observed', 'date'),
      column('Why', '.status.reasons[0]', 'string', 1),
    ]),
    definition('poolforecasts', object({ status: poolForecast }), [
      column('Pool', '.status.pool'),
      column('Used', '.status.usedShare', 'number'),
      column('Near full from', '.status.nearFull.p10'),
      column('Median', '.status.nearFull.p50'),
      column('Saturation', '.status.saturation', 'number'),
      column('Observed', '.status.observed', 'date'),
    ]),
    definition('storageplans', object({ spec: planSpec, status: planStatus }), [
      column('Subject', '.spec.subject'),
      column('Urgent', '.spec.urgent', 'boolean'),
      column('Approved', '.spec.approve', 'boolean'),
      column('Phase', '.status.phase'),
      column('First step', '.spec.steps[0].text'),
      column('Age', '.metadata.creationTimestamp', 'date'),
      column('Why', '.spec.reason', 'string', 1),
    ]),
  ];
}

function definition(plural: StoragePlural, schema: Schema, columns: readonly Column[]): KubernetesObject {
  const kind = storageKinds[plural];
  const singular = kind.toLowerCase();
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${storageGroup}`, labels },
    spec: {
      group: storageGroup,
      scope: 'Cluster',
      names: { plural, singular, kind, listKind: `${kind}List`, categories: ['barograph'] },
      versions: [
        {
          name: storageVersion,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: schema },
          subresources: { status: {} },
          additionalPrinterColumns: columns,
        },
      ],
    },
  };
}
