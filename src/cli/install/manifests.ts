import { accessObjects } from './access.ts';
import { certificateObjects } from './cert-manager.ts';
import { configurationObjects } from './configuration.ts';
import type { InstallOptions, KubernetesObject } from './options.ts';
import { labels } from './options.ts';
import { webhookObjects } from './webhooks.ts';
import { workloadObjects } from './workload.ts';

/**
 * What `kubectl apply` takes, in the order in which it must come: what others need first, the webhooks last. For a server outside the cluster
 * (options.url) only the account that it may use and the webhooks.
 */
export function manifests(options: InstallOptions): KubernetesObject[] {
  const inside = options.url === undefined;
  return [
    namespaceObject(options),
    ...accessObjects(options),
    ...(inside ? [...certificateObjects(options), ...configurationObjects(options), ...workloadObjects(options)] : []),
    ...webhookObjects(options),
  ];
}

function namespaceObject({ namespace }: InstallOptions): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels: { ...labels, 'pod-security.kubernetes.io/enforce': 'restricted' } },
  };
}
