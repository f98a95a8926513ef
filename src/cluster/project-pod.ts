import { decisionAnnotation } from '../core/decision-annotation.ts';
import { type PerResource, type Resource, resources } from '../core/resource.ts';
import { controllerOf, type OwnedObject, type OwnerLookup, type WorkloadKey, workloadOf } from '../core/workload.ts';
import { amountsOf, statedAmountsOf } from './amounts.ts';
import { type Fields, fieldsOf, itemsOf, secondsOf, textOf } from './fields.ts';
import { ownersOf } from './project-owner.ts';
import type { PodContainerView, PodView } from './view.ts';

// All that the top controller is found by.
const hashLabel = 'pod-template-hash';

/** A pod, and what it waits for. */
export interface PodRecord {
  view: PodView;
  /** Set while the pod's controller is a ReplicaSet or Job that is not known yet: watches of different kinds do not keep one order. */
  awaited: AwaitedOwner | undefined;
}

export interface AwaitedOwner {
  readonly owner: WorkloadKey;
  readonly pod: OwnedObject;
}

const watchedOwners = ['ReplicaSet', 'Job'];

/** A Pod of v1. */
export function projectPod(object: unknown, lookup: OwnerLookup): PodRecord {
  const { metadata, spec, status } = fieldsOf(object);
  const owned = ownedOf(object);
  const { uid, annotations, creationTimestamp } = fieldsOf(metadata);
  const { nodeName, priority } = fieldsOf(spec);
  const view: PodView = {
    uid: textOf(uid) ?? '',
    namespace: owned.namespace,
    name: owned.name ?? '',
    node: textOf(nodeName),
    workload: workloadOf(owned, lookup),
    containers: containersOf(fieldsOf(spec)),
    priority: typeof priority === 'number' ? priority : 0,
    createdSeconds: secondsOf(creationTimestamp) ?? 0,
    scheduledSeconds: scheduledSeconds(fieldsOf(status)),
    decision: textOf(fieldsOf(annotations)[decisionAnnotation]),
  };
  return { view, awaited: awaitedBy(owned, lookup) };
}

function awaitedBy(pod: OwnedObject, lookup: OwnerLookup): AwaitedOwner | undefined {
  const controller = controllerOf(pod.owners);
  if (controller === undefined || !watchedOwners.includes(controller.kind)) return undefined;
  const owner = { namespace: pod.namespace, kind: controller.kind, name: controller.name };
  return lookup(owner) === undefined ? { owner, pod } : undefined;
}

function ownedOf(object: unknown): OwnedObject {
  const { namespace, name, labels } = fieldsOf(fieldsOf(object).metadata);
  const hash = textOf(fieldsOf(labels)[hashLabel]);
  return {
    namespace: textOf(namespace) ?? '',
    name: textOf(name),
    labels: hash === undefined ? undefined : { [hashLabel]: hash },
    owners: ownersOf(object).filter((owner) => owner.controller),
  };
}

/**
 * The containers that run for the pod's whole life: ordinary ones and sidecars (init containers that restart). Requests of the pod itself
 * (spec.resources, Kubernetes 1.34) replace the sum of its containers': what they hold beyond that sum is spread over the containers in proportion to
 * their requests, evenly when they ask for nothing, so that the sum is what the scheduler counts. Not counted, as they hold no room for long or
 * belong to no container: init containers that end, and spec.overhead.
 */
function containersOf(spec: Fields): readonly PodContainerView[] {
  const sidecars = itemsOf(spec.initContainers).filter((container) => fieldsOf(container).restartPolicy === 'Always');
  const own = [...sidecars, ...itemsOf(spec.containers)].map((container) => {
    const { name, resources: needs } = fieldsOf(container);
    return { name: textOf(name) ?? '', requests: amountsOf(fieldsOf(needs).requests) };
  });
  return withPodLevel(own, statedAmountsOf(fieldsOf(spec.resources).requests));
}

function withPodLevel(
  own: readonly PodContainerView[],
  podLevel: Partial<PerResource<number>>,
): readonly PodContainerView[] {
  if (podLevel.cpu === undefined && podLevel.memory === undefined) return own;
  const requests = own.map((container) => ({ ...container.requests }));
  for (const resource of resources) spread(requests, resource, podLevel[resource]);
  return own.map((container, index) => ({ name: container.name, requests: requests[index] ?? container.requests }));
}

/** Makes the amounts add up to `total`; the last container takes what rounding leaves. */
function spread(amounts: readonly Record<Resource, number>[], resource: Resource, total: number | undefined): void {
  if (total === undefined) return;
  const sum = amounts.reduce((before, amount) => before + amount[resource], 0);
  let left = total;
  for (const [index, amount] of amounts.entries()) {
    const share = sum > 0 ? amount[resource] / sum : 1 / amounts.length;
    amount[resource] = index === amounts.length - 1 ? left : Math.floor(total * share);
    left -= amount[resource];
  }
}

function scheduledSeconds(status: Fields): number | undefined {
  const conditions = itemsOf(status.conditions).map(fieldsOf);
  const bound = conditions.find((condition) => condition.type === 'PodScheduled' && condition.status === 'True');
  return secondsOf(bound?.lastTransitionTime);
}
