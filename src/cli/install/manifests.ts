import { accessObjects } from './access.ts';
import { certificateObjects } from './cert-manager.ts';
import { configurationObjects } from './configuration.ts';
import { monitoringObjects } from './monitoring.ts';
import type { InstallOptions, KubernetesObject } from './options.ts';
import { hasPlans, labels } from './options.ts';
import { schedulerObjects } from './second-scheduler.ts';
import { storageDefinitions } from './storage-crds.ts';
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
    ...(hasPlans(options) ? storageDefinitions() : []),
    ...accessObjects(options),
    ...(inside ? insideObjects(options) : []),
    ...webhookObjects(options),
  ];
}

function insideObjects(options: InstallOptions): KubernetesObject[] {
  return [
    ...certificateObjects(options),
    ...configurationObjects(options),
    ...workloadObjects(options),
    ...schedulerObjects(options),
    ...monitoringObjects(options),
  ];
}

function namespaceObject({ namespace }: InstallOptions): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels: { ...labels, 'pod-security.kubernetes.io/enforce': 'restricted' } },
  };
}
