import { memoryView } from '../../src/cluster/memory-view.ts';
import type { NodeView, PodView } from '../../src/cluster/view.ts';
import { systemClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/log.ts';
import type { ContainerForecast, Outlook, ResourceForecast } from '../../src/core/outlook.ts';
import { createExtender, type Extender } from '../../src/extender/extender.ts';

const steps = 24;
const GiB = 2 ** 30;
const workloads = 500;

export function nodeNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `node-${String(at).padStart(5, '0')}`);
}

/** An extender on a fleet of so many nodes of 32 cores, some of which run hot, with so many pods on each. */
export function startExtender(nodes: number, podsPerNode = 4): Extender {
  const names = nodeNames(nodes);
  const random = randomNumbers(7);
  const forecasts = new Map(
    Array.from({ length: workloads }, (_, at) => forecastOf(`shop/Deployment/web${at}/main`, random)).map((one) => [
      one.id,
      one,
    ]),
  );
  const view = memoryView({
    nodes: names.map(nodeOf),
    pods: names.flatMap((name, at) => podsOn(name, at, podsPerNode)),
  });
  const extender = createExtender({
    view,
    forecasts,
    clock: systemClock,
    logger: silentLogger,
    maxOutlookAgeSeconds: 3600,
    targetUtilisation: 0.8,
    refuse: true,
    onPlaced: () => undefined,
    count: () => undefined,
  });
  extender.use(outlookOf(names, random));
  return extender;
}

export function nodeOf(name: string): NodeView {
  const allocatable = { cpu: 32_000, memory: 128 * GiB };
  return { name, labels: {}, allocatable, schedulable: true, ready: true };
}

export function podsOn(node: string, at: number, podsPerNode: number): readonly PodView[] {
  return Array.from({ length: podsPerNode }, (_, pod) => ({
    uid: `${node}-${pod}`,
    namespace: 'shop',
    name: `pod-${node}-${pod}`,
    node,
    workload: { namespace: 'shop', kind: 'Deployment', name: `web${(at * podsPerNode + pod) % workloads}` },
    containers: [{ name: 'main', requests: { cpu: 250, memory: GiB / 4 } }],
    priority: 0,
    createdSeconds: 0,
    scheduledSeconds: 0,
    decision: undefined,
  }));
}

export function forecastOf(id: string, random: () => number): ContainerForecast {
  const resource = (scale: number): ResourceForecast => {
    const mean = Float32Array.from({ length: steps }, () => scale * (0.5 + random()));
    const values = Float64Array.of(2 * scale, scale);
    const variance = mean.map((value) => (value / 5) ** 2);
    return { risks: Float64Array.of(0.01, 0.1), lower: values, values, upper: values, mean, variance, model: 'bench' };
  };
  return { id, cpu: resource(400), memory: resource(GiB / 2), fromSeconds: 0, toSeconds: 1, samples: 1, version: 1 };
}

/** From idle to beyond the target, each node with a wave of its own. */
export function outlookOf(names: readonly string[], random: () => number): Outlook {
  const rows = names.map(() => ({ level: 26_000 * random(), wave: random() }));
  const matrix = (scale: number): Float32Array =>
    Float32Array.from({ length: names.length * steps }, (_, at) => {
      const row = rows[Math.floor(at / steps)];
      return scale * (row?.level ?? 0) * (1 + 0.3 * Math.sin(((at % steps) / steps + (row?.wave ?? 0)) * 2 * Math.PI));
    });
  const [cpu, memory] = [matrix(1), matrix((100 * GiB) / 40_000)];
  const now = systemClock.nowSeconds();
  return {
    version: 1,
    madeSeconds: now,
    dataSeconds: now,
    horizonStartSeconds: now,
    stepSeconds: 1800,
    steps,
    containers: workloads,
    nodes: {
      names,
      attributed: true,
      mean: { cpu, memory },
      variance: { cpu: cpu.map((value) => (value / 10) ** 2), memory: memory.map((value) => (value / 20) ** 2) },
    },
  };
}

const mostBodies = 64;
const mostNames = 500_000;

/** Bodies of filter and prioritize as kube-scheduler sends them: another pod each, the nodes in another order. */
export function bodiesOf(count: number): readonly Buffer[] {
  const random = randomNumbers(count);
  const names = [...nodeNames(count)];
  return Array.from({ length: Math.min(mostBodies, Math.ceil(mostNames / count)) }, (_, at) => {
    for (let last = names.length - 1; last > 0; last -= 1) {
      const other = Math.floor(random() * (last + 1));
      [names[last], names[other]] = [names[other] ?? '', names[last] ?? ''];
    }
    return Buffer.from(`${JSON.stringify({ Pod: podObject(at), Nodes: null, NodeNames: names })}\n`);
  });
}

function podObject(at: number): object {
  const owner = `web${at % workloads}`;
  const container = (name: string, cpu: string): object => ({
    name,
    image: `registry.example.com/shop/${name}@sha256:${'4e1243bd'.repeat(8)}`,
    env: [{ name: 'LOG_LEVEL', value: 'info' }],
    ports: [{ containerPort: 8080, name: 'http', protocol: 'TCP' }],
    resources: { requests: { cpu, memory: '256Mi' }, limits: { memory: '512Mi' } },
    readinessProbe: { httpGet: { path: '/healthz', port: 'http', scheme: 'HTTP' }, periodSeconds: 10 },
    volumeMounts: [{ mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', name: 'token', readOnly: true }],
    terminationMessagePath: '/dev/termination-log',
  });
  return {
    metadata: {
      name: `${owner}-7c9d8b6f5d-${at}`,
      namespace: 'shop',
      uid: `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`,
      labels: { app: owner, 'pod-template-hash': '7c9d8b6f5d' },
      annotations: { 'barograph.dev/decision': `${at}; enforce; main cpu 250m -> 180m` },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${owner}-7c9d8b6f5d`, uid: '1', controller: true },
      ],
    },
    spec: {
      containers: [container('main', '250m'), container('proxy', '100m')],
      volumes: [{ name: 'token', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }],
      tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', tolerationSeconds: 300 }],
      schedulerName: 'default-scheduler',
    },
    status: { phase: 'Pending', qosClass: 'Burstable' },
  };
}

/** Numbers in [0, 1) that are the same for the same seed (a linear congruence modulo 2^32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
