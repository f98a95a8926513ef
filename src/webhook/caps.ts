import type { LimitRangeView, QuotaView } from '../cluster/view.ts';
import { type PerResource, type Resource, resources } from '../core/resource.ts';
import { allowedBy } from './limits-of-range.ts';
import type { Side } from './pod-sum.ts';
import type { QuotaLedgerView } from './quota-ledger.ts';

/** The most that a pod may take of one resource, and who says so. */
export interface Cap {
  readonly resource: Resource;
  readonly side: Side;
  readonly atMost: number;
  readonly note: string;
}

export interface CapSources {
  readonly namespace: string;
  readonly limitRanges: readonly LimitRangeView[];
  readonly quotas: readonly QuotaView[];
  readonly largestNode: PerResource<number> | undefined;
  readonly ledger: QuotaLedgerView;
  readonly overhead: PerResource<number>;
  /** The decision that is being made: what it has reserved itself does not count. */
  readonly decisionId: string;
}

/**
 * Every cap on the sums of a pod: LimitRanges of type Pod (which do not count the overhead), ResourceQuotas less what is in flight, and the largest node
 * (which do). Requests come first: cutting a request cuts its limit too.
 */
export function capsOn(sources: CapSources): readonly Cap[] {
  return (['requests', 'limits'] as const).flatMap((side) =>
    resources.flatMap((resource) => [
      ...rangeCaps(sources, resource, side),
      ...(side === 'requests' ? nodeCaps(sources, resource) : []),
      ...quotaCaps(sources, resource, side),
    ]),
  );
}

function rangeCaps({ limitRanges }: CapSources, resource: Resource, side: Side): Cap[] {
  const { highest } = allowedBy(limitRanges, 'Pod', resource);
  return Number.isFinite(highest) ? [{ resource, side, atMost: highest, note: 'capped by LimitRange for pods' }] : [];
}

/** A pod that asks for more than the largest node has is never scheduled. */
function nodeCaps({ largestNode, overhead }: CapSources, resource: Resource): Cap[] {
  if (largestNode === undefined) return [];
  const atMost = largestNode[resource] - overhead[resource];
  return [{ resource, side: 'requests', atMost, note: 'capped by the largest node' }];
}

function quotaCaps(
  { quotas, ledger, namespace, overhead, decisionId }: CapSources,
  resource: Resource,
  side: Side,
): Cap[] {
  const key = `${side}.${resource}` as const;
  return quotas.flatMap((quota) => {
    const headroom = quota.headroom[key];
    if (headroom === undefined) return [];
    const atMost = headroom - ledger.inFlight(namespace, quota, key, decisionId) - overhead[resource];
    return [{ resource, side, atMost, note: `quota-exhausted (ResourceQuota ${quota.name})` }];
  });
}
