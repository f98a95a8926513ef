import type { LimitRangeView, QuotaView } from '../cluster/view.ts';
import { type Resource, resources } from '../core/resource.ts';
import type { Cap } from './caps.ts';
import { type Allowed, allowedBy, isRatioAllowed } from './limits-of-range.ts';
import { type Plan, resourcesIn, writtenIn } from './plan.ts';
import { isStated, podSum, type ResourcesOf } from './pod-sum.ts';
import { classOf, isQosKept } from './qos.ts';
import { asWritten } from './sized-container.ts';

/** What the API server will check after admission. */
export interface Checks {
  readonly caps: readonly Cap[];
  readonly limitRanges: readonly LimitRangeView[];
  readonly quotas: readonly QuotaView[];
}

/**
 * The last word: a resource that would now be refused, and was not as written, stays as written in the whole pod. Sums, ratios and minima of several
 * LimitRanges can contradict what each container needs by itself.
 */
export function guard(plan: Plan, checks: Checks): Plan {
  const safe = resources.reduce(
    (held, resource) => (isSafe(held, resource, checks) ? held : kept(held, resource)),
    plan,
  );
  const isWhole = isQosKept(safe) && isDemandMet(safe, checks.quotas);
  return isWhole ? safe : resources.reduce(kept, safe);
}

function kept(plan: Plan, resource: Resource): Plan {
  const note = 'kept as written: it would be refused';
  const sized = plan.sized.map((container) =>
    container.rules[resource] === undefined ? container : asWritten(container, resource, note),
  );
  return { ...plan, sized };
}

function isSafe(plan: Plan, resource: Resource, { caps, limitRanges }: Checks): boolean {
  const [written, planned] = [writtenIn(plan), resourcesIn(plan)];
  const areSumsSafe = caps
    .filter((cap) => cap.resource === resource)
    .every(({ side, atMost }) => {
      const sum = podSum(plan.pod, resource, side, planned);
      return sum <= atMost || sum <= podSum(plan.pod, resource, side, written);
    });
  const range = allowedBy(limitRanges, 'Container', resource);
  const areContainersSafe = plan.sized.every(({ pointer }) => {
    const of = (source: ResourcesOf): Stated => ({
      request: source(pointer)?.requests[resource],
      limit: source(pointer)?.limits[resource],
    });
    return isWithin(of(planned), range) || !isWithin(of(written), range);
  });
  const podRange = allowedBy(limitRanges, 'Pod', resource);
  const isPodSafe =
    isWithin(podStated(plan, resource, planned), podRange) || !isWithin(podStated(plan, resource, written), podRange);
  return areSumsSafe && areContainersSafe && isPodSafe;
}

interface Stated {
  readonly request: number | undefined;
  readonly limit: number | undefined;
}

function podStated({ pod }: Plan, resource: Resource, of: ResourcesOf): Stated {
  const side = (name: 'requests' | 'limits'): number | undefined =>
    isStated(pod, resource, name, of) ? podSum(pod, resource, name, of) : undefined;
  return { request: side('requests'), limit: side('limits') };
}

/** As the LimitRanger plugin checks: a minimum wants a request, a maximum and a ratio want a limit. */
function isWithin({ request, limit }: Stated, { lowest, highest, maxRatio }: Allowed): boolean {
  const isHigh = lowest === 0 || (request !== undefined && request >= lowest && (limit ?? lowest) >= lowest);
  const isLow =
    highest === Number.POSITIVE_INFINITY || (limit !== undefined && limit <= highest && (request ?? 0) <= highest);
  const isEven = !Number.isFinite(maxRatio) || (!!request && !!limit && isRatioAllowed(limit, request, maxRatio));
  return isHigh && isLow && isEven;
}

/**
 * Once a BestEffort pod asks for something it may count in a quota that did not count it (scope NotBestEffort), and such a quota refuses pods of which
 * any container lacks what it counts.
 */
function isDemandMet(plan: Plan, quotas: readonly QuotaView[]): boolean {
  if (classOf(plan, writtenIn(plan)) !== 'BestEffort') return true;
  const planned = resourcesIn(plan);
  if (classOf(plan, planned) === 'BestEffort') return true;
  return quotas.every(({ headroom }) =>
    resources.every((resource) =>
      (['requests', 'limits'] as const).every(
        (side) =>
          headroom[`${side}.${resource}`] === undefined ||
          plan.pod.containers.every(({ pointer }) => planned(pointer)?.[side][resource] !== undefined),
      ),
    ),
  );
}
