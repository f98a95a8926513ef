import { memoryView } from '../cluster/memory-view.ts';
import { silentLogger } from '../core/log.ts';
import type { ContainerForecast, Outlook, ResourceForecast } from '../core/outlook.ts';
import { admitPod } from './admit-pods.ts';
import { noEvents } from './events.ts';
import { QuotaLedger } from './quota-ledger.ts';
import type { DecisionRecorder } from './recorder.ts';

const mebibyte = 2 ** 20;
const workload = 'default/Deployment/web';
const allocatable = { cpu: 16_000, memory: 2 ** 36 };

/** An admission in a cluster that is made up, and a review that it answers with a patch: for rehearsing before the first real one comes. */
export function madeUpAdmission(): { readonly body: Buffer; answer(body: Buffer): Buffer } {
  const view = memoryView({
    nodes: [{ name: 'node-0', labels: {}, allocatable, schedulable: true, ready: true }],
    owners: { 'default/ReplicaSet/web-1': { kind: 'Deployment', name: 'web', controller: true } },
  });
  const forecasts = new Map(
    ['main', 'proxy'].map((name) => [`${workload}/${name}`, forecastOf(`${workload}/${name}`)]),
  );
  const world = {
    view,
    outlook,
    forecasts,
    defaults: { mode: 'enforce', maxMode: 'enforce', objective: { cpuExceeded: 0.01, memoryExceeded: 0.001 } },
    maxOutlookAgeSeconds: 1,
  } as const;
  const admission = {
    world: () => world,
    ledger: new QuotaLedger(() => 0),
    recorder: forgetful,
    events: noEvents,
    clock: { nowSeconds: () => 0 },
    random: () => 0.5,
    logger: silentLogger,
    count: () => undefined,
  };
  return { body: Buffer.from(`${JSON.stringify(review)}\n`), answer: (body) => admitPod(body, admission) };
}

const forgetful: DecisionRecorder = {
  record: () => undefined,
  place: () => undefined,
  recent: () => undefined,
  find: async () => undefined,
  latest: async () => [],
  dropped: 0,
  waiting: 0,
  close: async () => undefined,
};

const outlook: Outlook = {
  version: 1,
  madeSeconds: 0,
  dataSeconds: 0,
  horizonStartSeconds: 0,
  stepSeconds: 1800,
  steps: 1,
  containers: 2,
  nodes: {
    names: [],
    attributed: true,
    mean: { cpu: new Float32Array(), memory: new Float32Array() },
    variance: { cpu: new Float32Array(), memory: new Float32Array() },
  },
};

function forecastOf(id: string): ContainerForecast {
  const resource = (most: number): ResourceForecast => {
    const values = Float64Array.of(most, most / 2);
    const [mean, variance] = [Float32Array.of(most / 4), Float32Array.of(most)];
    return {
      risks: Float64Array.of(0.001, 0.1),
      lower: values,
      values,
      upper: values,
      mean,
      variance,
      model: 'made up',
    };
  };
  const times = { fromSeconds: 0, toSeconds: 1, samples: 1, version: 1 };
  return { id, cpu: resource(400), memory: resource(300 * mebibyte), ...times };
}

const container = {
  image: 'registry.example.com/web:1',
  env: [{ name: 'LOG_LEVEL', value: 'info' }],
  ports: [{ containerPort: 8080, name: 'http', protocol: 'TCP' }],
  resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '2Gi' } },
};

const review = {
  kind: 'AdmissionReview',
  apiVersion: 'admission.k8s.io/v1',
  request: {
    uid: '00000000-0000-4000-8000-000000000000',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    namespace: 'default',
    operation: 'CREATE',
    userInfo: { username: 'system:serviceaccount:kube-system:replicaset-controller' },
    object: {
      kind: 'Pod',
      apiVersion: 'v1',
      metadata: {
        generateName: 'web-1-',
        namespace: 'default',
        labels: { app: 'web', 'pod-template-hash': '1' },
        annotations: { 'slo.barograph.dev/cpu-exceeded': '1%', 'slo.barograph.dev/memory-exceeded': '0.1%' },
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', uid: '1', controller: true }],
      },
      spec: { containers: ['main', 'proxy'].map((name) => ({ ...container, name })), restartPolicy: 'Always' },
      status: {},
    },
    oldObject: null,
    dryRun: false,
  },
};
