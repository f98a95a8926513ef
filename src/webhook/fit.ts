import type { LimitRangeView } from '../cluster/view.ts';
import { type Resource, resources } from '../core/resource.ts';
import { allot } from './allot.ts';
import type { Cap } from './caps.ts';
import { allowedBy, largestLimit } from './limits-of-range.ts';
import { type Plan, resourcesIn } from './plan.ts';
import { phaseSum, phasesOf, podSum, type Side } from './pod-sum.ts';
import { adjusted, type SizedContainer } from './sized-container.ts';
import { keepsWholeCores, type SizingRule, withLimit, withRequest } from './sizing-rule.ts';

/** Changes a plan until the sums of the pod fit: lowered requests rise again to a LimitRange's minimum, raises are cut to every cap. */
export function fitSums(plan: Plan, caps: readonly Cap[], limitRanges: readonly LimitRangeView[]): Plan {
  const lifted = resources.reduce((held, resource) => liftToMinimum(held, resource, limitRanges), plan);
  const cut = caps.reduce(cutToCap, lifted);
  return resources.reduce((held, resource) => cutToRatio(held, resource, limitRanges), cut);
}

/** Gives back part of what requests were lowered by, all by the same share, so that the pod keeps a LimitRange's minimum. */
function liftToMinimum(plan: Plan, resource: Resource, limitRanges: readonly LimitRangeView[]): Plan {
  const { lowest } = allowedBy(limitRanges, 'Pod', resource);
  const missing = lowest - podSum(plan.pod, resource, 'requests', resourcesIn(plan));
  if (missing <= 0) return plan;
  const lifts = allot(
    plan.sized.map((container) => Math.max(0, -raiseOf(container, resource, 'requests'))),
    missing,
  );
  const lifted = (container: SizedContainer, rule: SizingRule, by: number): SizedContainer['after'] =>
    withRequest(container.after, (container.after.requests[resource] ?? 0) + by, rule);
  return change(plan, resource, lifts, lifted, 'raised to LimitRange for pods');
}

/**
 * Cuts raises, all by the same share, until what the pod takes is at most the cap; raises are all that is cut, so that a pod that was above it as
 * written stays as it was. Each phase of the pod has to fit.
 */
function cutToCap(plan: Plan, cap: Cap): Plan {
  return phasesOf(plan.pod).reduce((held, phase) => cutPhase(held, phase, cap), plan);
}

function cutPhase(plan: Plan, phase: readonly string[], { resource, side, atMost, note }: Cap): Plan {
  const over = phaseSum(phase, resource, side, resourcesIn(plan)) - Math.max(0, atMost);
  if (over <= 0) return plan;
  const inPhase = new Set(phase);
  const raises = plan.sized.map((container) =>
    inPhase.has(container.pointer) ? Math.max(0, raiseOf(container, resource, side)) : 0,
  );
  const isWhole = plan.sized.map(({ rules }) => rules[resource] !== undefined && keepsWholeCores(rules[resource]));
  const withValue = side === 'requests' ? withRequest : withLimit;
  const cut = (container: SizedContainer, rule: SizingRule, by: number): SizedContainer['after'] =>
    withValue(container.after, (container.after[side][resource] ?? 0) - by, rule);
  return change(plan, resource, cutsOf(raises, over, isWhole), cut, note);
}

/**
 * What each raise gives back. Those in whole cores give back whole cores, one after the other until it is enough; the others what is left, exactly: a
 * second time nothing more is given back.
 */
function cutsOf(raises: readonly number[], over: number, isWhole: readonly boolean[]): readonly number[] {
  let left = over;
  const whole = allot(raises, over).map((share, index) => {
    if (!isWhole[index]) return 0;
    const cut = Math.min(raises[index] ?? 0, Math.ceil(Math.max(0, Math.min(share, left)) / 1000) * 1000);
    left -= cut;
    return cut;
  });
  const others = allot(
    raises.map((raise, index) => (isWhole[index] ? 0 : raise)),
    left,
  );
  return whole.map((cut, index) => cut + (others[index] ?? 0));
}

/** Sums of a pod have a largest ratio too: raises of limits give way. */
function cutToRatio(plan: Plan, resource: Resource, limitRanges: readonly LimitRangeView[]): Plan {
  const { maxRatio } = allowedBy(limitRanges, 'Pod', resource);
  if (!Number.isFinite(maxRatio)) return plan;
  const atMost = largestLimit(podSum(plan.pod, resource, 'requests', resourcesIn(plan)), maxRatio);
  return cutToCap(plan, { resource, side: 'limits', atMost, note: 'capped by LimitRange for pods' });
}

/** Changes what has an amount; `to` makes of it what the container then has. */
function change(
  plan: Plan,
  resource: Resource,
  amounts: readonly number[],
  to: (container: SizedContainer, rule: SizingRule, amount: number) => SizedContainer['after'],
  note: string,
): Plan {
  const sized = plan.sized.map((container, index) => {
    const [rule, amount] = [container.rules[resource], amounts[index] ?? 0];
    return rule === undefined || amount === 0
      ? container
      : adjusted(container, resource, to(container, rule, amount), note);
  });
  return { ...plan, sized };
}

function raiseOf({ before, after }: SizedContainer, resource: Resource, side: Side): number {
  return (after[side][resource] ?? 0) - (before[side][resource] ?? 0);
}
