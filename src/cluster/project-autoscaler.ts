import { type Resource, resources } from '../core/resource.ts';
import type { WorkloadKey } from '../core/workload.ts';
import { type Fields, fieldsOf, itemsOf, textOf } from './fields.ts';
import type { AutoscalerView } from './view.ts';

/** What one autoscaler says about one workload. */
export interface Autoscaler {
  readonly workload: WorkloadKey;
  readonly hpa: AutoscalerView['hpa'];
  readonly vpa: AutoscalerView['vpa'];
}

/** A HorizontalPodAutoscaler of autoscaling/v2: only metrics that divide usage by the request (target type Utilization) count. */
export function projectHpa(object: unknown): Autoscaler | undefined {
  const { metadata, spec } = fieldsOf(object);
  const workload = targetOf(metadata, fieldsOf(spec).scaleTargetRef);
  if (workload === undefined) return undefined;
  const hpa = itemsOf(fieldsOf(spec).metrics).flatMap((metric) => {
    const { type, resource, containerResource } = fieldsOf(metric);
    if (type === 'Resource') return utilisation(fieldsOf(resource), '');
    const source = fieldsOf(type === 'ContainerResource' ? containerResource : undefined);
    return utilisation(source, textOf(source.container) ?? '');
  });
  return { workload, hpa, vpa: [] };
}

/**
 * A VerticalPodAutoscaler of autoscaling.k8s.io/v1 whose update mode is not Off. Containers that a policy leaves out (mode Off, or controlledResources
 * without the resource) are in `except`. When the policy for `*` leaves containers out, those not named are unknown here: if it controls any named one,
 * the resource counts as controlled in all the others too, and they stay unchanged.
 */
export function projectVpa(object: unknown): Autoscaler | undefined {
  const { metadata, spec } = fieldsOf(object);
  const { targetRef, updatePolicy, resourcePolicy } = fieldsOf(spec);
  const workload = targetOf(metadata, targetRef);
  if (workload === undefined || fieldsOf(updatePolicy).updateMode === 'Off') return undefined;
  const policies = itemsOf(fieldsOf(resourcePolicy).containerPolicies).map(fieldsOf);
  const vpa = resources.flatMap((resource) => controlled(resource, policies));
  return { workload, hpa: [], vpa };
}

function controlled(resource: Resource, policies: readonly Fields[]): AutoscalerView['vpa'] {
  const others = policies.find((policy) => policy.containerName === '*');
  const named = policies.filter((policy) => policy.containerName !== '*');
  const any = others === undefined || controls(others, resource) || named.some((policy) => controls(policy, resource));
  if (!any) return [];
  const except = named.flatMap(({ containerName, ...policy }) => {
    const name = textOf(containerName);
    return name === undefined || controls(policy, resource) ? [] : [name];
  });
  return [{ resource, except }];
}

function controls(policy: Fields, resource: Resource): boolean {
  if (policy.mode === 'Off') return false;
  return policy.controlledResources === undefined || itemsOf(policy.controlledResources).includes(resource);
}

function utilisation(source: Fields, container: string): AutoscalerView['hpa'] {
  const resource = resources.find((name) => name === source.name);
  const byUtilisation = fieldsOf(source.target).type === 'Utilization';
  return resource !== undefined && byUtilisation ? [{ resource, container }] : [];
}

function targetOf(metadata: unknown, reference: unknown): WorkloadKey | undefined {
  const namespace = textOf(fieldsOf(metadata).namespace);
  const { kind, name } = fieldsOf(reference);
  const [ofKind, ofName] = [textOf(kind), textOf(name)];
  return namespace && ofKind && ofName ? { namespace, kind: ofKind, name: ofName } : undefined;
}
