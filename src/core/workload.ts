/** The top controller of a pod: what stays when pods come and go. */
export interface WorkloadKey {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
}

/** One container of a workload. */
export interface ContainerKey extends WorkloadKey {
  readonly container: string;
}

/** `namespace/Kind/name`. Kubernetes names never hold a slash. */
export function workloadId(key: WorkloadKey): string {
  return `${key.namespace}/${key.kind}/${key.name}`;
}

/** `namespace/Kind/name/container`. */
export function containerId(key: ContainerKey): string {
  return `${key.namespace}/${key.kind}/${key.name}/${key.container}`;
}

/** The inverse of containerId; undefined when the text has not four non-empty parts. */
export function parseContainerId(id: string): ContainerKey | undefined {
  const parts = id.split('/');
  const [namespace, kind, name, container] = parts;
  if (parts.length !== 4 || !namespace || !kind || !name || !container) return undefined;
  return { namespace, kind, name, container };
}

export interface OwnerReference {
  readonly kind: string;
  readonly name: string;
  readonly controller?: boolean | undefined;
}

/** What identity needs of an object's metadata. */
export interface OwnedObject {
  readonly namespace: string;
  readonly name?: string | undefined;
  readonly generateName?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly owners?: readonly OwnerReference[] | undefined;
}

/** Finds the controller of a controller; undefined when it is not known (not: when it has none). */
export type OwnerLookup = (key: WorkloadKey) => { readonly owner: OwnerReference | undefined } | undefined;

const maxDepth = 8;

/**
 * The top controller of a pod: ReplicaSet → Deployment, Job → CronJob, any owner of an owner as far as `lookup` knows.
 * A ReplicaSet that lookup does not know yet is read from its name: a Deployment names it `<deployment>-<hash>` and
 * puts the hash on the pod as `pod-template-hash`. A pod without a controller is its own workload, by its name or, when
 * the API server has not made the name yet, by its generateName without the dash.
 */
export function workloadOf(pod: OwnedObject, lookup: OwnerLookup): WorkloadKey | undefined {
  let owner = controllerOf(pod.owners);
  if (owner === undefined) {
    const name = pod.name || pod.generateName?.replace(/-$/, '');
    return name ? { namespace: pod.namespace, kind: 'Pod', name } : undefined;
  }
  for (let depth = 0; depth < maxDepth; depth += 1) {
    const key: WorkloadKey = { namespace: pod.namespace, kind: owner.kind, name: owner.name };
    const known = lookup(key);
    const next: OwnerReference | undefined = known === undefined ? guessOwner(key, pod.labels) : known.owner;
    if (next === undefined) return key;
    owner = next;
  }
  return { namespace: pod.namespace, kind: owner.kind, name: owner.name };
}

export function controllerOf(owners: readonly OwnerReference[] | undefined): OwnerReference | undefined {
  return owners?.find((owner) => owner.controller === true);
}

function guessOwner(key: WorkloadKey, labels: OwnedObject['labels']): OwnerReference | undefined {
  const hash = labels?.['pod-template-hash'];
  if (key.kind === 'ReplicaSet' && hash && key.name.endsWith(`-${hash}`)) {
    return { kind: 'Deployment', name: key.name.slice(0, -hash.length - 1), controller: true };
  }
  // A CronJob names its Jobs `<cronjob>-<minutes since 1970>`.
  const cron = key.kind === 'Job' ? /^(.+)-\d{8,}$/.exec(key.name) : null;
  return cron?.[1] ? { kind: 'CronJob', name: cron[1], controller: true } : undefined;
}
