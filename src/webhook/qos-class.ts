import type { ContainerResources } from '../core/decision.ts';
import { resources } from '../core/resource.ts';

export type QosClass = 'BestEffort' | 'Burstable' | 'Guaranteed';

/** The QoS class by requests and limits of cpu and memory of all containers, init containers too. Source: ComputePodQOS of Kubernetes. */
export function qosClass(containers: readonly ContainerResources[]): QosClass {
  const isSet = (value: number | undefined): value is number => value !== undefined && value > 0;
  const has = (of: ContainerResources): boolean => resources.some((r) => isSet(of.requests[r]) || isSet(of.limits[r]));
  if (!containers.some(has)) return 'BestEffort';
  const isFull = (of: ContainerResources): boolean =>
    resources.every((r) => isSet(of.limits[r]) && of.requests[r] === of.limits[r]);
  return containers.every(isFull) ? 'Guaranteed' : 'Burstable';
}
