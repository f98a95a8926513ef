import type { ContainerResources } from '../core/decision.ts';
import { parseQuantity } from '../core/quantity.ts';
import { resources } from '../core/resource.ts';
import type { AdmittedContainer, AdmittedPod } from './pod.ts';
import { type SizedContainer, withRequest } from './size.ts';

export type QosClass = 'BestEffort' | 'Burstable' | 'Guaranteed';

/**
 * A pod keeps its QoS class, but for BestEffort with an objective, which becomes Burstable. Sizing could only turn Burstable into
 * Guaranteed, by making the last unequal pair equal; then one request gives way by a millicore.
 */
export function keepQosClass(pod: AdmittedPod, sized: readonly SizedContainer[]): SizedContainer[] {
  const before = qosClass(pod.containers.map((container) => read(container)));
  const byPointer = new Map(sized.map((container) => [container.pointer, container.after]));
  const after = qosClass(pod.containers.map((container) => byPointer.get(container.pointer) ?? read(container)));
  if (before === 'Guaranteed' || after !== 'Guaranteed') return [...sized];
  const at = sized.findIndex((container) => (container.after.requests.cpu ?? 0) > 1);
  return sized.map((container, index) => (index === at ? withLowerCpuRequest(container) : container));
}

/** Kubernetes' GetPodQOS over requests and limits of cpu and memory of all containers. */
export function qosClass(containers: readonly ContainerResources[]): QosClass {
  const isSet = (value: number | undefined): value is number => value !== undefined && value > 0;
  const has = (of: ContainerResources): boolean => resources.some((r) => isSet(of.requests[r]) || isSet(of.limits[r]));
  if (!containers.some(has)) return 'BestEffort';
  const isFull = (of: ContainerResources): boolean =>
    resources.every((r) => isSet(of.limits[r]) && (of.requests[r] ?? of.limits[r]) === of.limits[r]);
  return containers.every(isFull) ? 'Guaranteed' : 'Burstable';
}

function withLowerCpuRequest(container: SizedContainer): SizedContainer {
  const request = (container.after.requests.cpu ?? 0) - 1;
  const lowered = withRequest(
    container,
    'cpu',
    request,
    'a millicore below the limit, so that the pod stays Burstable',
  );
  return { ...lowered, after: { ...lowered.after, limits: container.after.limits } };
}

function read(container: AdmittedContainer): ContainerResources {
  const all = (texts: Readonly<Record<string, string>> | undefined): ContainerResources['requests'] =>
    Object.fromEntries(
      resources.flatMap((r) => (texts?.[r] === undefined ? [] : [[r, parseQuantity(texts[r], r)] as const])),
    );
  return { requests: all(container.requests), limits: all(container.limits) };
}
