import type { Cluster } from '../../test/cluster/start.ts';

export interface Fleet {
  readonly pods: number;
  readonly nodes: number;
  readonly namespaces: number;
}

const parallel = 32;

/**
 * Pods that are bound, of ReplicaSets that are not there: nobody runs who would delete them. They are named as bench/series.ts names its series, and about as long as
 * what a team writes, fields that nobody here reads included.
 */
export async function createFleet(cluster: Cluster, { pods, nodes, namespaces }: Fleet): Promise<void> {
  const { api } = cluster;
  // Service accounts come from the controller manager, which then has to go with its garbage collector.
  for (let at = 0; at < namespaces; at += 1) {
    await api.createNamespace(`team-${at}`, { labels: { 'barograph.dev/enabled': 'true' } });
  }
  for (const name of ['kwok', 'scheduler', 'controller-manager'] as const) await cluster.kill(name);
  await each(nodes, (at) => api.create('/api/v1/nodes', nodeObject(at)));
  await each(pods, (at) => api.create(`/api/v1/namespaces/team-${at % namespaces}/pods`, podObject(at, nodes)));
}

async function each(count: number, make: (at: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const side = async (): Promise<void> => {
    for (let at = next++; at < count; at = next++) await make(at);
  };
  await Promise.all(Array.from({ length: parallel }, side));
}

function nodeObject(at: number): object {
  const resources = { cpu: '32', memory: '128Gi', pods: '110' };
  const labels = { 'kubernetes.io/os': 'linux', 'kubernetes.io/hostname': `node-${at}` };
  return { metadata: { name: `node-${at}`, labels }, status: { allocatable: resources, capacity: resources } };
}

function podObject(at: number, nodes: number): object {
  const name = `service-${at}-5d4f8c7b9d`;
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid: `uid-${at}`, controller: true };
  const probe = { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 10, failureThreshold: 3 };
  const env = Array.from({ length: 20 }, (_, i) => ({ name: `SETTING_${i}`, value: `value-${i}-of-service-${at}` }));
  return {
    metadata: {
      name: `${name}-x7k2p`,
      labels: { app: `service-${at}`, 'pod-template-hash': '5d4f8c7b9d', 'app.kubernetes.io/part-of': 'bench' },
      annotations: { 'example.org/build': 'x'.repeat(200) },
      ownerReferences: [owner],
    },
    spec: {
      nodeName: `node-${at % nodes}`,
      containers: [
        {
          name: 'app',
          image: `registry.example/team/service-${at}:1.2.3`,
          env,
          livenessProbe: probe,
          readinessProbe: probe,
          resources: { requests: { cpu: '250m', memory: '256Mi' }, limits: { memory: '512Mi' } },
          volumeMounts: [{ name: 'config', mountPath: '/etc/service' }],
        },
      ],
      volumes: [{ name: 'config', emptyDir: {} }],
    },
  };
}
