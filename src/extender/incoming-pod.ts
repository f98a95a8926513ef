import { fieldsOf, itemsOf, textOf } from '../cluster/fields.ts';
import { ownersOf } from '../cluster/project-owner.ts';
import { projectPod } from '../cluster/project-pod.ts';
import type { PodView } from '../cluster/view.ts';
import type { OwnerLookup } from '../core/workload.ts';
import type { UnownedParts } from './reader-messages.ts';

/** The pod of a call; undefined when it is not the shape of one: nothing is then decided by it. */
export function readPod(pod: unknown, owners: OwnerLookup): PodView | undefined {
  const containers = itemsOf(fieldsOf(fieldsOf(pod).spec).containers);
  if (containers.length === 0 || !containers.every((container) => typeof fieldsOf(container).name === 'string')) {
    return undefined;
  }
  return projectPod(pod, owners).view;
}

const hashLabel = 'pod-template-hash';

/** What a pod's workload and its load are found by, for a thread that knows no owners. */
export function ownedPartsOf(object: unknown, { namespace, name, containers }: PodView): UnownedParts {
  const hash = textOf(fieldsOf(fieldsOf(fieldsOf(object).metadata).labels)[hashLabel]);
  const owners = ownersOf(object).filter((owner) => owner.controller);
  return {
    owned: { namespace, name, labels: hash === undefined ? undefined : { [hashLabel]: hash }, owners },
    containers,
  };
}

/** The same for all pods of a controller that are alike; a pod without one is alone. */
export function loadKey({ owned, containers }: UnownedParts): string {
  const [owner] = owned.owners ?? [];
  const hash = owned.labels?.[hashLabel] ?? '';
  const of = owner === undefined ? `Pod/${owned.name ?? ''}` : `${owner.kind}/${owner.name}/${hash}`;
  const needs = containers.map((one) => `${one.name} ${one.requests.cpu} ${one.requests.memory}`);
  return `${owned.namespace}/${of}/${needs.join('/')}`;
}
