import type { Fields } from '../../cluster/fields.ts';
import type { PatchOperation } from '../../webhook/patch.ts';
import type { StoryPod } from './story.ts';

const hash = '6d4cf56db6';

/** A pod as the API server shows it to webhooks when a controller creates it: with an owner, without a uid. */
export function podObject(pod: StoryPod): Fields {
  const { namespace, kind, name } = pod.workload;
  const isDeployment = kind === 'Deployment';
  const owner = isDeployment ? { kind: 'ReplicaSet', name: `${name}-${hash}` } : { kind, name };
  const identity = isDeployment ? { generateName: `${name}-${hash}-` } : { name: `${name}-1` };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...identity,
      namespace,
      labels: { app: name, ...(isDeployment ? { 'pod-template-hash': hash } : {}) },
      annotations: { ...pod.annotations },
      ownerReferences: [{ apiVersion: 'apps/v1', ...owner, uid: `${name}-owner`, controller: true }],
    },
    spec: { containers: containersOf(pod) },
  };
}

/** The containers of a pod's spec. */
export function containersOf(pod: StoryPod): object[] {
  return pod.containers.map(({ name, requests, limits }) => ({
    name,
    image: `example.org/${pod.workload.name}-${name}:1`,
    resources: { requests, ...(limits === undefined ? {} : { limits }) },
  }));
}

/** The object with a patch of RFC 6902 applied to a copy. Only `add` to objects and to array places that exist: all that Barograph sends. */
export function applyPatch(object: Fields, operations: readonly PatchOperation[]): Fields {
  const copy: Record<string, unknown> = structuredClone(object);
  for (const { path, value } of operations) {
    const parts = path
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = parts.pop() ?? '';
    let holder = copy;
    for (const part of parts) holder = holder[part] as Record<string, unknown>;
    holder[last] = value;
  }
  return copy;
}
