import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAuthority } from '../../certs/authority.ts';
import { type ClusterState, connectCluster } from '../../src/cluster/cluster-state.ts';
import type { PodView } from '../../src/cluster/view.ts';
import { systemClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/log.ts';
import { type KubeObject, waitFor } from './api.ts';
import { clusterAvailable } from './available.ts';
import { type Cluster, clusterStartMilliseconds, startCluster } from './start.ts';

const skip = clusterAvailable();
const Gi = 1024 ** 3;
const workload = { namespace: 'shop', kind: 'Deployment', name: 'web' };

describe.skipIf(skip !== undefined)(`the state of a cluster${skip === undefined ? '' : ` (${skip})`}`, () => {
  let cluster: Cluster;
  let state: ClusterState;
  const changes: [PodView | undefined, PodView | undefined][] = [];

  beforeAll(async () => {
    cluster = await startCluster({ nodes: 2 });
    await cluster.addNodes([{ name: 'big', cpu: '64', memory: '256Gi' }]);
    await cluster.api.createNamespace('shop', {
      labels: { team: 'a' },
      annotations: { 'barograph.dev/mode': 'observe', other: 'x' },
    });
    state = await connect(cluster.kubeconfig);
    state.onPodChange((before, after) => changes.push([before, after]));
    state.start();
    await state.whenSynced(AbortSignal.timeout(20_000));
  }, clusterStartMilliseconds);

  afterAll(async () => {
    await state?.close();
    await cluster?.stop();
  });

  test('knows everything when it is synced, kinds that are not served too', () => {
    expect(state.synced).toBe(true);
    expect([...state.nodes()].map((node) => node.name).sort()).toEqual(['big', 'node-0', 'node-1']);
    expect(state.counts.vpas).toMatchObject({ synced: true, items: 0, lists: 0 });
    expect(state.counts.nodes).toMatchObject({ synced: true, items: 3, lists: 1, relists: 0, errors: 0 });
    expect(changes[0]).toEqual([undefined, undefined]);
  });

  test('follows the labels and annotations of a namespace', async () => {
    expect(state.namespace('shop')).toMatchObject({
      labels: { team: 'a' },
      annotations: { 'barograph.dev/mode': 'observe' },
    });
    await cluster.api.patch('/api/v1/namespaces/shop', {
      metadata: { labels: { team: 'b' }, annotations: { 'barograph.dev/mode': 'enforce' } },
    });
    await seen(() => state.namespace('shop')?.labels.team === 'b', 'the new label');
    expect(state.namespace('shop')?.annotations).toEqual({ 'barograph.dev/mode': 'enforce' });
    expect(state.namespace('nowhere')).toBeUndefined();
  });

  test('follows limit ranges and quotas', async () => {
    const limits = [{ type: 'Container', min: { cpu: '10m' }, max: { memory: '1Gi' } }];
    await cluster.api.create('/api/v1/namespaces/shop/limitranges', { metadata: { name: 'limits' }, spec: { limits } });
    const hard = { 'requests.cpu': '4', 'limits.memory': '8Gi' };
    await cluster.api.create('/api/v1/namespaces/shop/resourcequotas', { metadata: { name: 'quota' }, spec: { hard } });
    await seen(() => state.limitRanges('shop').length === 1 && state.quotas('shop').length === 1, 'both');
    expect(state.limitRanges('shop')[0]).toMatchObject({ name: 'limits', min: { cpu: 10 }, max: { memory: Gi } });
    expect(state.limitRanges('default')).toEqual([]);
    // The quota is enforced once the controller has written its status.
    await waitFor(
      async () => (await cluster.api.get('/api/v1/namespaces/shop/resourcequotas/quota')).status?.used,
      20,
      'a status',
    );
    await cluster.api.create('/api/v1/namespaces/shop/pods', pod('counted', { cpu: '1500m', memory: '1Gi' }));
    await seen(() => state.quotas('shop')[0]?.headroom['requests.cpu'] === 2500, 'the headroom to fall');
    expect(state.quotas('shop')[0]?.headroom).toEqual({ 'requests.cpu': 2500, 'limits.memory': 7 * Gi });
    await cluster.api.delete('/api/v1/namespaces/shop/limitranges/limits');
    await cluster.api.delete('/api/v1/namespaces/shop/resourcequotas/quota');
    await seen(() => state.limitRanges('shop').length === 0 && state.quotas('shop').length === 0, 'both to go');
  });

  test('knows the top controller of a bound pod and tells listeners of it', async () => {
    const metadata = { labels: { app: 'web' } };
    const { spec } = pod('web', { cpu: '100m', memory: '64Mi' });
    await cluster.api.create('/apis/apps/v1/namespaces/shop/deployments', {
      metadata: { name: 'web' },
      spec: { replicas: 1, selector: { matchLabels: metadata.labels }, template: { metadata, spec } },
    });
    const ofWeb = (view: PodView | undefined) => view?.workload?.kind === 'Deployment' && view.workload.name === 'web';
    const told = await seen(() => changes.find(([, after]) => ofWeb(after)), 'the pod to be bound');
    expect(told[1]).toMatchObject({
      namespace: 'shop',
      workload,
      containers: [{ name: 'app', requests: { cpu: 100 } }],
    });
    expect(told[1]?.node).toMatch(/^(big|node-\d)$/);
    const bound = await seen(
      () => [...state.pods()].find((view) => ofWeb(view) && view.scheduledSeconds),
      'the time it was bound',
    );
    expect(Math.abs((bound.scheduledSeconds ?? 0) - Date.now() / 1000)).toBeLessThan(30);
    const [replicaSet] = await cluster.api.list('/apis/apps/v1/namespaces/shop/replicasets');
    const known = state.owners({ namespace: 'shop', kind: 'ReplicaSet', name: replicaSet.metadata.name });
    expect(known?.owner).toMatchObject({ kind: 'Deployment', name: 'web' });
    await cluster.api.patch('/apis/apps/v1/namespaces/shop/deployments/web', { spec: { replicas: 0 } });
    await seen(() => changes.some(([before, after]) => before?.uid === bound.uid && after === undefined), 'it to go');
  });

  test('follows horizontal autoscalers', async () => {
    const target = { type: 'Utilization', averageUtilization: 70 };
    await cluster.api.create('/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers', {
      metadata: { name: 'web' },
      spec: {
        maxReplicas: 5,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }],
      },
    });
    await seen(() => state.autoscalers(workload).hpa.length === 1, 'the autoscaler');
    expect(state.autoscalers(workload)).toEqual({ hpa: [{ resource: 'cpu', container: '' }], vpa: [] });
    expect(state.autoscalers({ ...workload, namespace: 'default' }).hpa).toEqual([]);
  });

  test('notices vertical autoscalers whose definition is installed later, and removed again', async () => {
    const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    await cluster.api.create(definitions, vpaDefinition);
    const path = '/apis/autoscaling.k8s.io/v1/namespaces/shop/verticalpodautoscalers';
    const body = {
      apiVersion: 'autoscaling.k8s.io/v1',
      kind: 'VerticalPodAutoscaler',
      metadata: { name: 'web' },
      spec: { targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
    };
    await waitFor(() => cluster.api.create(path, body), 20, 'the definition to be served');
    await seen(() => state.autoscalers(workload).vpa.length === 2, 'the autoscaler');
    await cluster.api.patch(`${path}/web`, { spec: { updatePolicy: { updateMode: 'Off' } } });
    await seen(() => state.autoscalers(workload).vpa.length === 0, 'it to be off');
    await cluster.api.patch(`${path}/web`, { spec: { updatePolicy: { updateMode: 'Auto' } } });
    await seen(() => state.autoscalers(workload).vpa.length === 2, 'it to be on');
    await cluster.api.delete(`${definitions}/${vpaDefinition.metadata.name}`);
    await seen(() => state.autoscalers(workload).vpa.length === 0, 'it to go with its definition');
  });

  test('takes the largest node from those that are not cordoned', async () => {
    expect(state.largestNode('linux')).toEqual({ cpu: 64_000, memory: 256 * Gi });
    await cluster.api.patch('/api/v1/nodes/big', { spec: { unschedulable: true } });
    await seen(() => state.node('big')?.schedulable === false, 'the node to be cordoned');
    expect(state.largestNode('linux')).toEqual({ cpu: 16_000, memory: 64 * Gi });
    expect(state.largestNode('plan9')).toBeUndefined();
    await cluster.api.delete('/api/v1/nodes/big');
    await seen(() => state.node('big') === undefined, 'the node to go');
  });

  test('answers from memory while the API server is down, and lists again what the new one no longer remembers', async () => {
    // Versions go on, while nothing happens to kinds such as limit ranges: a fresh server cannot watch from theirs.
    const configMaps = '/api/v1/namespaces/default/configmaps';
    for (let index = 0; index < 20; index += 1)
      await cluster.api.create(configMaps, { metadata: { name: `c${index}` } });
    const before = changes.length;
    await cluster.kill('apiserver');
    await seen(() => state.counts.nodes.errors > 0, 'the watch to break');
    expect(state.synced).toBe(true);
    expect(state.node('node-0')?.ready).toBe(true);
    await cluster.start('apiserver');
    await cluster.api.createNamespace('later');
    await seen(() => state.namespace('later'), 'a namespace made after the crash');
    await seen(() => state.counts.limitRanges.relists > 0, 'a relist after 410');
    await cluster.api.create('/api/v1/namespaces/later/pods', pod('after', { cpu: '1', memory: '1Gi' }));
    await seen(() => changes.slice(before).some(([, after]) => after?.name === 'after'), 'its pod to be bound');
  }, 90_000);

  test('lists in pages', async () => {
    const names = Array.from({ length: 1100 }, (_, index) => `page-${index}`);
    const queue = names.values();
    const worker = async (): Promise<void> => {
      for (const name of queue) await cluster.api.create('/api/v1/namespaces', { metadata: { name } });
    };
    await Promise.all(Array.from({ length: 16 }, worker));
    const other = await connect(cluster.kubeconfig);
    other.start();
    await other.whenSynced(AbortSignal.timeout(20_000));
    expect(names.filter((name) => other.namespace(name) === undefined)).toEqual([]);
    expect(other.counts.namespaces.lists).toBe(1);
    await other.close();
    await seen(() => names.every((name) => state.namespace(name) !== undefined), 'the watch to bring them too');
  }, 120_000);

  test('says what is wrong with credentials', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'barograph-kubeconfig-'));
    const written = (name: string, edit: (config: KubeObject) => void): string => {
      const config = JSON.parse(readFileSync(cluster.kubeconfig, 'utf8'));
      edit(config);
      const path = join(folder, name);
      writeFileSync(path, JSON.stringify(config));
      return path;
    };
    const unreachable = { code: 'CLUSTER_UNREACHABLE' };
    await expect(connect(join(folder, 'missing'))).rejects.toMatchObject(unreachable);
    const wrongToken = written('token', (config) => {
      config.users[0].user.token = 'wrong';
    });
    await expect(connect(wrongToken)).rejects.toMatchObject({
      ...unreachable,
      cause: { message: expect.stringContaining('401') },
    });
    const stranger = await createAuthority(Date.now() / 1000);
    const wrongAuthority = written('authority', (config) => {
      config.clusters[0].cluster['certificate-authority-data'] = Buffer.from(stranger.certificate).toString('base64');
    });
    await expect(connect(wrongAuthority)).rejects.toMatchObject({
      ...unreachable,
      cause: { message: expect.stringMatching(/certificate|signature/) },
    });
    const noServer = written('server', (config) => {
      config.clusters[0].cluster.server = 'https://127.0.0.1:1';
    });
    await expect(connect(noServer)).rejects.toMatchObject(unreachable);
    await expect(
      connectCluster({ kubeconfig: cluster.kubeconfig, context: 'none', logger: silentLogger, clock: systemClock }),
    ).rejects.toMatchObject(unreachable);
    rmSync(folder, { recursive: true });
  });
});

function connect(kubeconfig: string): Promise<ClusterState> {
  return connectCluster({ kubeconfig, logger: silentLogger, clock: systemClock, retryAbsentSeconds: 0.5 });
}

function seen<T>(condition: () => T, what: string) {
  return waitFor(condition, 30, what);
}

function pod(name: string, requests: Record<string, string>) {
  const container = {
    name: 'app',
    image: 'example.com/app:1',
    resources: { requests, limits: { memory: requests.memory } },
  };
  return { metadata: { name }, spec: { containers: [container] } };
}

const vpaDefinition = {
  metadata: {
    name: 'verticalpodautoscalers.autoscaling.k8s.io',
    // Groups under k8s.io are protected.
    annotations: { 'api-approved.kubernetes.io': 'https://github.com/kubernetes/kubernetes/pull/63797' },
  },
  spec: {
    group: 'autoscaling.k8s.io',
    scope: 'Namespaced',
    names: { plural: 'verticalpodautoscalers', singular: 'verticalpodautoscaler', kind: 'VerticalPodAutoscaler' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};
