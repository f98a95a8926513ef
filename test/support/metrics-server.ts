import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Connection, openConnection } from '../../src/cluster/connection.ts';
import { listenOnLoopback } from './loopback.ts';
import type { ReplayOwner, ReplayPod, ReplayUsage, ReplayWorld } from './replay-world.ts';

export interface MetricsServer {
  readonly connection: Connection;
  /** What there is, and when it was measured, from now on. */
  show(world: ReplayWorld, timeSeconds: number): void;
  /** Every answer has this status from now on; undefined: all is well again. */
  fail(status: number | undefined): void;
  readonly requests: readonly string[];
  stop(): Promise<void>;
}

/**
 * Answers what kube-apiserver and metrics-server answer to lists of metrics.k8s.io, pods, ReplicaSets and Jobs. Stands in for a metrics-server, which needs kubelets:
 * those of kwok have no load.
 */
export async function startMetricsServer(): Promise<MetricsServer> {
  let [world, time, failure]: [ReplayWorld, number, number | undefined] = [{ pods: [], nodes: [] }, 0, undefined];
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    requests.push(path);
    const items = failure === undefined ? itemsOf(path, world, time) : undefined;
    answer(response, failure ?? (items === undefined ? 404 : 200), { metadata: { resourceVersion: '7' }, items });
  });
  const { port, stop } = await listenOnLoopback(server);
  const folder = mkdtempSync(join(tmpdir(), 'barograph-metrics-'));
  writeFileSync(join(folder, 'kubeconfig'), JSON.stringify(kubeconfig(`http://127.0.0.1:${port}`)));
  return {
    connection: openConnection({ kubeconfig: join(folder, 'kubeconfig') }),
    show(next, timeSeconds) {
      [world, time] = [next, timeSeconds];
    },
    fail(status) {
      failure = status;
    },
    requests,
    async stop() {
      rmSync(folder, { recursive: true, force: true });
      await stop();
    },
  };
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function itemsOf(path: string, { pods, nodes }: ReplayWorld, time: number): object[] | undefined {
  const measured = { timestamp: new Date(time * 1000).toISOString(), window: '20s' };
  switch (path) {
    case '/apis/metrics.k8s.io/v1beta1/pods':
      return pods.map((pod) => ({
        metadata: { namespace: pod.namespace, name: pod.name },
        ...measured,
        containers: [{ name: pod.container, usage: usageOf([pod.usage(time)]) }],
      }));
    case '/apis/metrics.k8s.io/v1beta1/nodes':
      return nodes.map(({ name, base }) => ({
        metadata: { name },
        ...measured,
        usage: usageOf([base(time), ...pods.filter((pod) => pod.node === name).map((pod) => pod.usage(time))]),
      }));
    case '/api/v1/pods':
      return pods.map((pod) => ({ metadata: owned(pod.namespace, pod.name, pod.owner), spec: { nodeName: pod.node } }));
    case '/apis/apps/v1/replicasets':
      return controllers(pods, 'ReplicaSet');
    case '/apis/batch/v1/jobs':
      return controllers(pods, 'Job');
    default:
      return undefined;
  }
}

function controllers(pods: readonly ReplayPod[], kind: string): object[] {
  return pods.flatMap(({ namespace, owner, topOwner }) =>
    owner?.kind === kind ? [{ metadata: owned(namespace, owner.name, topOwner) }] : [],
  );
}

function owned(namespace: string, name: string, owner: ReplayOwner | undefined): object {
  return { namespace, name, ownerReferences: owner === undefined ? [] : [{ ...owner, controller: true }] };
}

/** metrics-server counts CPU in nanocores, memory in kibibytes where that is exact. */
function usageOf(parts: readonly ReplayUsage[]): object {
  const nanocores = parts.reduce((sum, { cpuMillicores }) => sum + cpuMillicores * 1e6, 0);
  const bytes = parts.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  return { cpu: `${Math.round(nanocores)}n`, memory: bytes % 1024 === 0 ? `${bytes / 1024}Ki` : String(bytes) };
}

/** The client library takes plain HTTP only where certificates are not asked for. */
function kubeconfig(server: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'test', user: {} }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
  };
}
