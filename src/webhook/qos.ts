import { type Resource, resources } from '../core/resource.ts';
import { isRatioAllowed } from './limits-of-range.ts';
import { type Plan, resourcesIn, writtenIn } from './plan.ts';
import type { ResourcesOf } from './pod-sum.ts';
import { type QosClass, qosClass } from './qos-class.ts';
import { adjusted, asWritten, type SizedContainer } from './sized-container.ts';

const note = 'below its limit, so that the pod stays Burstable';

/**
 * A pod keeps its QoS class, but for BestEffort, which becomes Burstable. Sizing could only turn Burstable into Guaranteed, by making the last unequal
 * pair equal; then that request gives way a little, or stays as written where it may not.
 */
export function keepQosClass(plan: Plan): Plan {
  if (isQosKept(plan)) return plan;
  for (const [index, container] of plan.sized.entries()) {
    const resource = resources.find((name) => wasMadeEqual(container, name));
    if (resource === undefined) continue;
    return { ...plan, sized: plan.sized.with(index, unequal(container, resource)) };
  }
  return plan;
}

/** Whether the class is as written, or Burstable after BestEffort. */
export function isQosKept(plan: Plan): boolean {
  const [before, after] = [classOf(plan, writtenIn(plan)), classOf(plan, resourcesIn(plan))];
  return before === after || (before === 'BestEffort' && after === 'Burstable');
}

export function classOf({ pod }: Plan, of: ResourcesOf): QosClass {
  return qosClass(pod.containers.flatMap(({ pointer }) => of(pointer) ?? []));
}

function wasMadeEqual({ before, after }: SizedContainer, resource: Resource): boolean {
  return before.requests[resource] !== before.limits[resource] && after.requests[resource] === after.limits[resource];
}

const steps: Readonly<Record<Resource, number>> = { cpu: 1, memory: 2 ** 20 };

function unequal(container: SizedContainer, resource: Resource): SizedContainer {
  const { after } = container;
  const rule = container.rules[resource];
  const request = (after.requests[resource] ?? 0) - steps[resource];
  const lowest = Math.max(1, rule?.bounds.lowest ?? 0, rule?.range.lowest ?? 0);
  const isAllowed =
    request >= lowest &&
    isRatioAllowed(after.limits[resource] ?? 0, request, rule?.range.maxRatio ?? Number.POSITIVE_INFINITY);
  if (!isAllowed) return asWritten(container, resource, note);
  return adjusted(container, resource, { ...after, requests: { ...after.requests, [resource]: request } }, note);
}
