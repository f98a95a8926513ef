import type { KubeObject } from '../../cluster/api.ts';
import { waitFor } from '../../cluster/api.ts';
import type { Cluster } from '../../cluster/start.ts';

export interface DeploymentOptions {
  readonly namespace: string;
  readonly name: string;
  readonly replicas: number;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly requests: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, string>>;
}

export async function createDeployment(cluster: Cluster, options: DeploymentOptions): Promise<void> {
  const { namespace, name, replicas, annotations = {}, requests, limits = {} } = options;
  const labels = { app: name };
  await cluster.api.create(`/apis/apps/v1/namespaces/${namespace}/deployments`, {
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations },
        spec: { containers: [{ name: 'app', image: 'example.org/app:1', resources: { requests, limits } }] },
      },
    },
  });
}

/** Its pods, once all are there and on a node. */
export function podsOf(cluster: Cluster, namespace: string, name: string, count: number): Promise<KubeObject[]> {
  return waitFor(
    async () => {
      const pods = await cluster.api.list(`/api/v1/namespaces/${namespace}/pods?labelSelector=app%3D${name}`);
      return pods.length === count && pods.every((pod) => pod.spec.nodeName !== undefined) ? pods : undefined;
    },
    60,
    `${count} pods of ${name} to be on nodes`,
  );
}
