import type { ContainerResources } from '../core/decision.ts';
import { type PerResource, type Resource, resources } from '../core/resource.ts';
import type { AdmittedPod } from './pod.ts';

export type Side = 'requests' | 'limits';

/** Reads what a container has, by its pointer. */
export type ResourcesOf = (pointer: string) => ContainerResources | undefined;

/**
 * The sets of containers (pointers) that run at the same time: all ordinary ones with all sidecars, and each init container with the sidecars before
 * it. What a pod takes is the largest sum over them. Source: PodRequests in k8s.io/component-helpers/resource.
 */
export function phasesOf(pod: AdmittedPod): readonly (readonly string[])[] {
  const running: string[] = [];
  const starting: string[][] = [];
  const sidecars: string[] = [];
  for (const { role, pointer } of pod.containers) {
    if (role === 'init') starting.push([...sidecars, pointer]);
    else running.push(pointer);
    if (role === 'sidecar') sidecars.push(pointer);
  }
  return [running, ...starting];
}

/** The sum over one phase. */
export function phaseSum(phase: readonly string[], resource: Resource, side: Side, of: ResourcesOf): number {
  return phase.reduce((sum, pointer) => sum + (of(pointer)?.[side][resource] ?? 0), 0);
}

/** What the pod takes of a resource, without overhead. */
export function podSum(pod: AdmittedPod, resource: Resource, side: Side, of: ResourcesOf): number {
  return Math.max(...phasesOf(pod).map((phase) => phaseSum(phase, resource, side, of)));
}

/** Whether any container has the resource on this side: sums of what nobody wrote are not compared with minima and maxima. */
export function isStated(pod: AdmittedPod, resource: Resource, side: Side, of: ResourcesOf): boolean {
  return pod.containers.some(({ pointer }) => of(pointer)?.[side][resource] !== undefined);
}

export type Takings = Readonly<Record<`${Side}.${Resource}`, number>>;

/** What a pod takes from a ResourceQuota, with its overhead. Limits that nobody wrote stay zero. */
export function takingsOf(pod: AdmittedPod, overhead: PerResource<number>, of: ResourcesOf): Takings {
  const taken: Record<`${Side}.${Resource}`, number> = {
    'requests.cpu': 0,
    'requests.memory': 0,
    'limits.cpu': 0,
    'limits.memory': 0,
  };
  for (const resource of resources) {
    taken[`requests.${resource}`] = podSum(pod, resource, 'requests', of) + overhead[resource];
    const limits = podSum(pod, resource, 'limits', of);
    taken[`limits.${resource}`] = limits > 0 ? limits + overhead[resource] : 0;
  }
  return taken;
}
