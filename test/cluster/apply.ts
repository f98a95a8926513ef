import type { KubernetesObject } from '../../src/cli/install/options.ts';
import type { KubeObject } from './api.ts';
import type { Cluster } from './cluster.ts';

/** Applies objects as `kubectl apply --server-side` does; kinds of others (cert-manager, the Prometheus operator) are not served here. */
export async function applyAll({ api }: Cluster, objects: readonly KubernetesObject[]): Promise<KubeObject[]> {
  const applied: KubeObject[] = [];
  for (const object of objects.filter(({ apiVersion }) => !isForeign(apiVersion))) {
    applied.push(await api.apply(pathOf(object), object));
  }
  return applied;
}

/** Whether the group of a kind belongs to neither Kubernetes nor Barograph. */
export function isForeign(apiVersion: string): boolean {
  return /^(?:cert-manager\.io|monitoring\.coreos\.com)\//.test(apiVersion);
}

export function pathOf({ apiVersion, kind, metadata }: KubernetesObject): string {
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const within = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  const plural = `${kind.toLowerCase()}s`.replace(/ys$/, 'ies');
  return `${group}${within}/${plural}/${metadata.name}`;
}
