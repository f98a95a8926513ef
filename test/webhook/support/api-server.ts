import type { LimitRangeView, QuotaView } from '../../../src/cluster/view.ts';
import { parseQuantity } from '../../../src/core/quantity.ts';
import type { Resource } from '../../../src/core/resource.ts';
import type { TestContainer, TestPod } from './pods.ts';

type Side = 'requests' | 'limits';
const resources: readonly Resource[] = ['cpu', 'memory'];
const sides: readonly Side[] = ['requests', 'limits'];

/** What the API server would refuse a pod for after its webhooks: validation, LimitRanger and ResourceQuota, as far as cpu and memory go. */
export function refusals(pod: TestPod, limitRanges: readonly LimitRangeView[], quotas: readonly QuotaView[]): string[] {
  return [
    ...allOf(pod).flatMap(({ name, held }) =>
      resources.flatMap((resource) => {
        const [request, limit] = [held('requests', resource), held('limits', resource)];
        return request !== undefined && limit !== undefined && request > limit
          ? [`${name}: ${resource} above limit`]
          : [];
      }),
    ),
    ...limitRanges.flatMap((range) => rangeRefusals(pod, range)),
    ...quotas.flatMap((quota) => quotaRefusals(pod, quota)),
  ];
}

interface Held {
  readonly name: string;
  readonly held: (side: Side, resource: Resource) => number | undefined;
}

function allOf({ spec }: TestPod): Held[] {
  return [...(spec.initContainers ?? []), ...spec.containers].map((container) => ({
    name: container.name,
    held: (side, resource) => heldBy(container, side, resource),
  }));
}

/** With the API server's default: a limit is also the request. */
function heldBy({ resources: lists }: TestContainer, side: Side, resource: Resource): number | undefined {
  const text = lists?.[side]?.[resource] ?? lists?.limits?.[resource];
  if (text === undefined || (side === 'limits' && lists?.limits?.[resource] === undefined)) return undefined;
  return parseQuantity(text, resource);
}

function rangeRefusals(pod: TestPod, range: LimitRangeView): string[] {
  const whole: Held = { name: 'pod', held: (side, resource) => podHas(pod, side, resource) };
  const held = range.type === 'Pod' ? [whole] : allOf(pod);
  return held.flatMap((one) => resources.flatMap((resource) => rangeRefusal(one, resource, range)));
}

function rangeRefusal({ name, held }: Held, resource: Resource, range: LimitRangeView): string[] {
  const [request, limit] = [held('requests', resource), held('limits', resource)];
  const { min, max, maxLimitRequestRatio } = range;
  const [least, most, ratio] = [min[resource], max[resource], maxLimitRequestRatio[resource]];
  const isLow =
    least !== undefined && (request === undefined || request < least || (limit !== undefined && limit < least));
  const isHigh = most !== undefined && (limit === undefined || limit > most || (request ?? 0) > most);
  const isUneven = ratio !== undefined && (!request || !limit || limit / request > ratio);
  const what = `${name} ${resource} ${range.type}`;
  return [
    ...(isLow ? [`${what} low`] : []),
    ...(isHigh ? [`${what} high`] : []),
    ...(isUneven ? [`${what} uneven`] : []),
  ];
}

function quotaRefusals(pod: TestPod, { headroom, name }: QuotaView): string[] {
  return sides.flatMap((side) =>
    resources.flatMap((resource) => {
      const left = headroom[`${side}.${resource}`];
      if (left === undefined) return [];
      const lacks = allOf(pod).some(({ held }) => held(side, resource) === undefined);
      const isOver = (podHas(pod, side, resource) ?? 0) > Math.max(0, left);
      return lacks || isOver ? [`${name} ${side}.${resource} ${lacks ? 'lacking' : 'over'}`] : [];
    }),
  );
}

/** The pod's sum: ordinary containers with sidecars, or an init container with the sidecars before it. */
export function podHas({ spec }: TestPod, side: Side, resource: Resource): number | undefined {
  let [sidecars, highest] = [0, 0];
  for (const init of spec.initContainers ?? []) {
    const amount = heldBy(init, side, resource) ?? 0;
    highest = Math.max(highest, sidecars + amount);
    if (init.restartPolicy === 'Always') sidecars += amount;
  }
  const running = spec.containers.reduce((sum, container) => sum + (heldBy(container, side, resource) ?? 0), sidecars);
  const isStated = allOf({ metadata: {}, spec }).some(({ held }) => held(side, resource) !== undefined);
  return isStated ? Math.max(highest, running) : undefined;
}

/** BestEffort, Burstable or Guaranteed. */
export function qosOf(pod: TestPod): string {
  const held = allOf(pod).flatMap(({ held: of }) =>
    resources.map((resource) => [of('requests', resource) ?? 0, of('limits', resource) ?? 0] as const),
  );
  if (held.every(([request, limit]) => request === 0 && limit === 0)) return 'BestEffort';
  return held.every(([request, limit]) => limit > 0 && request === limit) ? 'Guaranteed' : 'Burstable';
}
