import { type Decision, type Mode, type UnchangedReason, unchangedReasons } from '../core/decision.ts';
import { decisionAnnotation } from '../core/decision-annotation.ts';
import { BarographError } from '../core/errors.ts';
import { resources } from '../core/resource.ts';
import { type WorkloadKey, workloadOf } from '../core/workload.ts';
import { standingDecisionId } from './decision-id.ts';
import { decisionRecord } from './decision-record.ts';
import { effectiveFor } from './effective.ts';
import { obstacleTo } from './obstacle.ts';
import { type Plan, resourcesIn, writtenIn } from './plan.ts';
import { planPod } from './plan-pod.ts';
import type { AdmittedPod } from './pod.ts';
import { type Takings, takingsOf } from './pod-sum.ts';
import { schedulerFor } from './scheduler-name.ts';
import { isChanged, type SizedContainer } from './sized-container.ts';
import { isResultOf, summarize } from './summary.ts';
import { warningsOf } from './warnings.ts';
import type { Moment, World } from './world.ts';
import { readWritten, type Written } from './written.ts';

export interface Unchanged {
  readonly kind: 'unchanged';
  readonly reason: UnchangedReason;
  readonly warnings: readonly string[];
  readonly workload: WorkloadKey | undefined;
}

export interface Decided {
  readonly kind: 'decided';
  readonly decision: Decision;
  /** What is to be patched; nothing in observe mode. */
  readonly sized: readonly SizedContainer[];
  readonly annotation: string;
  /** The scheduler that the pod is given; undefined when it keeps its own. */
  readonly scheduler: string | undefined;
  /** What the pod will take from quotas. */
  readonly takings: Takings;
  /** Why no container gets anything else than it has; undefined where any does. */
  readonly unchangedBy: UnchangedReason | undefined;
}

export type Outcome = Unchanged | Decided;

/**
 * What admission does to a pod. No effect: the same pod, world and moment give the same outcome. Anything that is missing, stale or
 * unreadable means "unchanged", with the reason.
 */
export function decide(pod: AdmittedPod, world: World, moment: Moment): Outcome {
  const effective = effectiveFor(pod.annotations, world.view.namespace(pod.namespace), world.defaults);
  const workload = workloadOf(pod, world.view.owners);
  const unchanged = (reason: UnchangedReason, warnings: readonly string[]): Unchanged => ({
    kind: 'unchanged',
    reason,
    warnings,
    workload,
  });
  const obstacle = obstacleTo(pod, effective, world, moment.nowSeconds);
  if (obstacle !== undefined) return unchanged(obstacle.reason, obstacle.warnings);
  if (workload === undefined) return unchanged('pod-not-supported', ['the pod has neither a name nor a controller']);
  const written = readable(pod);
  if (written instanceof BarographError) return unchanged('unreadable', [written.message]);

  const standingId = standingDecisionId(pod.annotations, moment.nowSeconds);
  const previous = standingId === undefined ? undefined : world.recent(standingId);
  const id = standingId ?? moment.id;
  const plan = planPod({ pod, written, workload, effective, world, decisionId: id, previous });
  if (plan.sized.every(({ forecast, standing }) => forecast === undefined && standing === undefined)) {
    return unchanged('no-forecast', [`no forecast yet for ${workload.kind} ${workload.name}; unchanged`]);
  }
  if (standingId !== undefined && isStanding(plan, previous, effective.mode)) {
    return unchanged('already-decided', []);
  }

  const warnings = [...new Set([...(previous?.warnings ?? []), ...warningsOf(plan.sized)])];
  const { outlook } = world;
  const decision = decisionRecord({ workload, effective, sized: plan.sized, warnings, outlook }, { ...moment, id });
  const isEnforced = effective.mode === 'enforce';
  return {
    kind: 'decided',
    decision,
    sized: isEnforced ? plan.sized : [],
    scheduler: schedulerFor(pod, effective.mode, world.scheduler),
    annotation: `${id}; ${effective.mode}; ${summarize(plan.sized)}`,
    takings: takingsOf(pod, written.overhead, isEnforced ? resourcesIn(plan) : writtenIn(plan)),
    unchangedBy: plan.sized.some(isChanged) ? undefined : reasonOf(plan),
  };
}

function readable(pod: AdmittedPod): Written | BarographError {
  try {
    return readWritten(pod);
  } catch (error) {
    if (error instanceof BarographError) return error;
    throw error;
  }
}

/**
 * Whether the decision of an earlier call for the same pod holds as it is. Where it is not remembered here: whether the pod is as its annotation says,
 * or this one would change nothing.
 */
function isStanding({ pod, sized }: Plan, previous: Decision | undefined, mode: Mode): boolean {
  if (previous !== undefined) return sized.every(({ standing }) => standing !== undefined);
  if (mode !== 'enforce' || !sized.some(isChanged)) return true;
  return isResultOf(pod.annotations[decisionAnnotation] ?? '', sized);
}

/** The first of the known reasons among those of the containers. */
function reasonOf({ sized }: Plan): UnchangedReason {
  const said = new Set(
    sized.flatMap(({ reason }) => resources.flatMap((resource) => reason[resource].split(/, | \(/))),
  );
  return unchangedReasons.find((reason) => said.has(reason)) ?? 'within-bounds';
}
