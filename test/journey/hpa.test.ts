import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseQuantity } from '../../src/core/quantity.ts';
import { ApiError, type KubeObject, waitFor } from '../cluster/api.ts';
import { clusterAvailable } from '../cluster/available.ts';
import { clusterStartMilliseconds } from '../cluster/start.ts';
import { prometheusMissing } from '../support/prometheus.ts';
import { createDeployment, podsOf } from './support/deployment.ts';
import { startWorld, type World } from './support/world.ts';

const skip = clusterAvailable() ?? prometheusMissing();
const annotations = { 'slo.barograph.dev/cpu-exceeded': '1%', 'slo.barograph.dev/memory-exceeded': '0.1%' };
// Each pod uses half of what it asks for, which is what the HPA aims at: any other request would change the number of pods.
const asked = { requests: { cpu: '3', memory: '4Gi' } };
const used = '1500m';
const metrics = '/apis/metrics.k8s.io/v1beta1';
const controllerFlags = [
  '--controllers=horizontal-pod-autoscaler-controller',
  '--horizontal-pod-autoscaler-sync-period=2s',
  '--horizontal-pod-autoscaler-initial-readiness-delay=1s',
  '--horizontal-pod-autoscaler-cpu-initialization-period=1s',
  '--horizontal-pod-autoscaler-downscale-stabilization=1s',
];

describe.skipIf(skip !== undefined)(`beside a HorizontalPodAutoscaler${skip === undefined ? '' : ` (${skip})`}`, () => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld({ recordings: ['crane-1'], flags: { 'controller-manager': controllerFlags } });
    await definePodMetrics();
  }, clusterStartMilliseconds);

  afterAll(() => world?.end());

  test('its replicas stay while pods are sized: memory is, CPU is not', async () => {
    const { cluster } = world;
    await createDeployment(cluster, { namespace: 'shop', name: 'service-0', replicas: 2, annotations: {}, ...asked });
    await podsOf(cluster, 'shop', 'service-0', 2);
    await cluster.api.create('/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers', {
      metadata: { name: 'service-0' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'service-0' },
        minReplicas: 1,
        maxReplicas: 8,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
        ],
      },
    });
    await measure();
    await waitFor(async () => (await utilisation()) === 50, 40, 'the HPA to see its target met', 500);
    // Every pod is made anew, now with objectives.
    const template = { template: { metadata: { annotations } } };
    await cluster.api.patch('/apis/apps/v1/namespaces/shop/deployments/service-0', { spec: template });
    const isAnew = async (): Promise<KubeObject[] | undefined> => {
      await measure();
      const pods = await list();
      return pods.length === 2 && pods.every(isDecided) ? pods : undefined;
    };
    const pods = await waitFor(isAnew, 60, 'two pods with decisions', 500);
    for (const pod of pods) {
      const { requests } = pod.spec.containers[0].resources;
      expect(requests.cpu).toBe('3');
      // Of the 4 GiB asked for; after so little history there is much to spare above the 1 GiB in use.
      expect(parseQuantity(requests.memory, 'memory')).toBeLessThan(3 * 2 ** 30);
    }
    for (let look = 0; look < 10; look += 1) {
      await measure();
      await sleep(1000);
      const { spec } = await cluster.api.get('/apis/apps/v1/namespaces/shop/deployments/service-0');
      expect(spec.replicas).toBe(2);
    }
    expect(await utilisation()).toBe(50);
  }, 180_000);

  function isDecided(pod: KubeObject): boolean {
    return pod.metadata.annotations?.['barograph.dev/decision'] !== undefined;
  }

  function list(): Promise<KubeObject[]> {
    return world.cluster.api.list('/api/v1/namespaces/shop/pods?labelSelector=app%3Dservice-0');
  }

  async function utilisation(): Promise<number | undefined> {
    const path = '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/service-0';
    const { status } = await world.cluster.api.get(path);
    return status?.currentMetrics?.[0]?.resource?.current?.averageUtilization;
  }

  /** What a metrics-server says now of every pod. The nodes have no kubelet that one could ask: custom resources of the same names stand in for it. */
  async function measure(): Promise<void> {
    const { api } = world.cluster;
    const said = {
      timestamp: new Date().toISOString(),
      window: '1s',
      containers: [{ name: 'app', usage: { cpu: used, memory: '1Gi' } }],
    };
    for (const { metadata } of await list()) {
      const path = `${metrics}/namespaces/shop/pods`;
      const labels = { app: 'service-0' };
      const body = {
        apiVersion: 'metrics.k8s.io/v1beta1',
        kind: 'PodMetrics',
        metadata: { name: metadata.name, labels },
        ...said,
      };
      await api.patch(`${path}/${metadata.name}`, said).catch((error: unknown) => {
        if (error instanceof ApiError && error.status === 404) return api.create(path, body);
        throw error;
      });
    }
  }

  async function definePodMetrics(): Promise<void> {
    const { api } = world.cluster;
    await api.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      metadata: {
        name: 'pods.metrics.k8s.io',
        annotations: { 'api-approved.kubernetes.io': 'unapproved, for tests' },
      },
      spec: {
        group: 'metrics.k8s.io',
        names: { plural: 'pods', singular: 'podmetrics', kind: 'PodMetrics', listKind: 'PodMetricsList' },
        scope: 'Namespaced',
        versions: [
          {
            name: 'v1beta1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        ],
      },
    });
    await waitFor(() => api.list(`${metrics}/namespaces/shop/pods`), 30, 'the metrics API');
  }
});
