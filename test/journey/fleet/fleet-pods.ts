import { setTimeout as sleep } from 'node:timers/promises';
import { formatQuantity } from '../../../src/core/quantity.ts';
import type { Fleet, FleetWorkload } from '../../../src/simulate/fleet.ts';
import { type KubeObject, waitFor } from '../../cluster/api.ts';
import type { Cluster } from '../../cluster/start.ts';
import { type RunningPod, replicasAfter } from './fleet-world.ts';

const namespace = 'fleet';
const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;

/** Deployments without pods, and the pods that ran before, on their nodes. */
export async function prepareServices(cluster: Cluster, fleet: Fleet, former: readonly RunningPod[]): Promise<void> {
  await cluster.api.createNamespace(namespace);
  for (const workload of fleet.workloads) {
    const { name } = workload.key;
    await cluster.api.create(deployments, {
      metadata: { name },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: name } },
        template: { metadata: { labels: { app: name } }, spec: specOf(workload) },
      },
    });
  }
  for (const { workload, node, name } of former) {
    const labels = { former: workload.key.name };
    // Bare pods: their controllers are not in this cluster. The node's load holds them, by the metrics.
    const spec = { ...specOf(workload), nodeName: node };
    await cluster.api.create(`/api/v1/namespaces/${namespace}/pods`, { metadata: { name, labels }, spec });
  }
}

/** One pod more at a time, so many a second; ends when every pod is on a node. `arrived` is told what is where, again and again. */
export async function letArrive(
  cluster: Cluster,
  fleet: Fleet,
  perSecond: number,
  arrived: (pods: readonly KubeObject[]) => void,
): Promise<void> {
  const began = performance.now();
  const steps = replicasAfter(fleet.arrivals);
  for (const [index, { workload, replicas }] of steps.entries()) {
    await cluster.api.patch(`${deployments}/${workload.key.name}`, { spec: { replicas } });
    if (index % 5 === 4) arrived(await listPods(cluster));
    await sleep(Math.max(0, began + ((index + 1) * 1000) / perSecond - performance.now()));
  }
  await waitFor(
    async () => {
      const pods = await listPods(cluster);
      arrived(pods);
      return pods.length === steps.length && pods.every((pod) => pod.spec.nodeName !== undefined);
    },
    120,
    `${steps.length} pods to be on nodes`,
    200,
  );
}

/** All gone, so that another round finds the same fleet. */
export async function removeServices(cluster: Cluster): Promise<void> {
  await cluster.api.delete(`/api/v1/namespaces/${namespace}`);
  await waitFor(
    async () => {
      const namespaces = await cluster.api.list('/api/v1/namespaces');
      return namespaces.every(({ metadata }) => metadata.name !== namespace);
    },
    120,
    'the namespace to be gone',
    500,
  );
}

function listPods(cluster: Cluster): Promise<KubeObject[]> {
  return cluster.api.list(`/api/v1/namespaces/${namespace}/pods?labelSelector=app`);
}

function specOf({ container, requests }: FleetWorkload): object {
  const asked = { cpu: formatQuantity(requests.cpu, 'cpu'), memory: formatQuantity(requests.memory, 'memory') };
  return {
    terminationGracePeriodSeconds: 0,
    containers: [{ name: container, image: 'example.org/app:1', resources: { requests: asked } }],
  };
}
