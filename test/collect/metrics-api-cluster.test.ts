import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSource } from '../../src/collect/open-source.ts';
import type { UsageBatch } from '../../src/collect/source.ts';
import { systemClock } from '../../src/core/clock.ts';
import { configSchema } from '../../src/core/config.ts';
import { silentLogger } from '../../src/core/log.ts';
import { containerId } from '../../src/core/workload.ts';
import { type KubeObject, waitFor } from '../cluster/api.ts';
import { clusterAvailable } from '../cluster/available.ts';
import { type Cluster, clusterStartMilliseconds, startCluster } from '../cluster/start.ts';

const skip = clusterAvailable();
const group = 'metrics.k8s.io';

// The nodes of the test cluster have no kubelet that a metrics-server could ask. Its API is served by the real API server from custom resources of the same names.
describe.skipIf(skip !== undefined)(
  `the metrics API of a real API server${skip === undefined ? '' : ` (${skip})`}`,
  () => {
    let cluster: Cluster;
    beforeAll(async () => {
      cluster = await startCluster({ nodes: 1 });
      await cluster.api.createNamespace('shop');
    }, clusterStartMilliseconds);
    afterAll(() => cluster?.stop());

    const read = async (): Promise<UsageBatch> => {
      const { kubeconfig } = cluster;
      const config = configSchema.parse({ source: { kind: 'metrics-api' }, kubernetes: { kubeconfig } });
      const source = openSource({ config, clock: systemClock, logger: silentLogger });
      try {
        const endSeconds = Math.floor(Date.now() / 1000 / 60) * 60;
        const range = { startSeconds: endSeconds - 3600, endSeconds, stepSeconds: 60 };
        const batches = await Array.fromAsync(source.read(range));
        return batches.at(-1) ?? { range, containers: [], nodes: [], repairs: expect.anything() };
      } finally {
        await source.close();
      }
    };

    test('a cluster without a metrics-server is told from one that does not answer', async () => {
      await expect(read()).rejects.toMatchObject({
        code: 'SOURCE_UNAVAILABLE',
        message: expect.stringContaining('is metrics-server installed?'),
      });
    });

    test('what it says of pods and nodes comes with the Deployment and the node of each pod', async () => {
      await define(cluster, 'pods', 'PodMetrics', 'Namespaced');
      await define(cluster, 'nodes', 'NodeMetrics', 'Cluster');
      await cluster.api.create('/apis/apps/v1/namespaces/shop/deployments', deployment);
      const pods = await waitFor(async () => running(cluster), 30, 'a running pod');
      const timestamp = new Date(Date.now() - 120_000).toISOString();
      const measured = { apiVersion: `${group}/v1beta1`, timestamp, window: '15s' };
      await waitFor(() => served(cluster), 30, 'the metrics API');
      for (const { metadata } of pods) {
        await cluster.api.create(`/apis/${group}/v1beta1/namespaces/shop/pods`, {
          ...measured,
          kind: 'PodMetrics',
          metadata: { name: metadata.name, namespace: 'shop' },
          containers: [{ name: 'app', usage: { cpu: '12345678n', memory: '2048Ki' } }],
        });
      }
      await cluster.api.create(`/apis/${group}/v1beta1/nodes`, {
        ...measured,
        kind: 'NodeMetrics',
        metadata: { name: 'node-0' },
        usage: { cpu: '1500m', memory: '1Gi' },
      });
      const { containers, nodes } = await read();
      expect(containers.map(({ key, node }) => [containerId(key), node])).toEqual(
        pods.map(() => ['shop/Deployment/web/app', 'node-0']),
      );
      expect(containers.map(({ pod }) => pod).sort()).toEqual(pods.map(({ metadata }) => metadata.name).sort());
      expect(containers[0]?.cpuMillicores[0]).toBeCloseTo(12.345678, 6);
      expect(containers[0]?.memoryBytes[0]).toBe(2 ** 21);
      expect(nodes.map(({ node, cpuMillicores, memoryBytes }) => [node, ...cpuMillicores, ...memoryBytes])).toEqual([
        ['node-0', 1500, 2 ** 30],
      ]);
    });
  },
);

const deployment = {
  metadata: { name: 'web' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'app', image: 'registry.k8s.io/pause:3.10' }] },
    },
  },
};

async function running(cluster: Cluster): Promise<KubeObject[] | undefined> {
  const pods = await cluster.api.list('/api/v1/namespaces/shop/pods');
  const bound = pods.filter(({ spec }) => spec.nodeName !== undefined);
  return bound.length === 2 ? bound : undefined;
}

async function served(cluster: Cluster): Promise<boolean> {
  const lists = ['pods', 'nodes'].map((kind) => cluster.api.list(`/apis/${group}/v1beta1/${kind}`));
  return (await Promise.allSettled(lists)).every(({ status }) => status === 'fulfilled');
}

async function define(cluster: Cluster, plural: string, kind: string, scope: string): Promise<void> {
  await cluster.api.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    metadata: {
      name: `${plural}.${group}`,
      // Groups below k8s.io ask for it.
      annotations: { 'api-approved.kubernetes.io': 'unapproved, for a test' },
    },
    spec: {
      group,
      scope,
      names: { plural, kind, listKind: `${kind}List` },
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
}
