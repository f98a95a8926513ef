import type { ClusterView } from '../cluster/view.ts';
import type { ContainerDecision, Decision, Mode, UnchangedReason } from '../core/decision.ts';
import { isFresh, type Outlook } from '../core/outlook.ts';
import { type WorkloadKey, workloadOf } from '../core/workload.ts';
import type { ForecastLookup } from '../train/model-cache-view.ts';
import { staticCounterfactual } from './counterfactual.ts';
import { type AdmissionDefaults, type Effective, effectiveFor } from './effective.ts';
import type { AdmittedPod } from './pod.ts';
import { keepQosClass } from './qos.ts';
import { fitQuota, type QuotaLedgerView } from './quota.ts';
import { type SizedContainer, sizeContainers } from './size.ts';
import { summarize } from './summary.ts';

export const decisionAnnotation = 'barograph.dev/decision';
/** A decision annotation younger than this was made in the same request: the API server called again (reinvocation). */
const reinvocationSeconds = 60;

export interface World {
  readonly view: ClusterView;
  readonly outlook: Outlook | undefined;
  readonly forecasts: ForecastLookup;
  readonly quotas: QuotaLedgerView;
  readonly defaults: AdmissionDefaults;
  readonly maxOutlookAgeSeconds: number;
}

export interface Moment {
  readonly nowSeconds: number;
  /** The id that a decision made now would get: its first part is the time (see decisionIdAt). */
  readonly id: string;
}

export type Outcome =
  | { readonly kind: 'unchanged'; readonly reason: UnchangedReason; readonly warnings: readonly string[] }
  | {
      readonly kind: 'decided';
      readonly decision: Decision;
      readonly sized: readonly SizedContainer[];
      readonly annotation: string;
    };

/**
 * What admission does to a pod. No effect: the same pod, world and moment give the same outcome. Anything that is missing, stale or
 * unreadable means "unchanged", with the reason.
 */
export function decide(pod: AdmittedPod, world: World, moment: Moment): Outcome {
  const effective = effectiveFor(pod.annotations, world.view.namespace(pod.namespace), world.defaults);
  const obstacle = obstacleOf(pod, effective, world, moment);
  if (obstacle !== undefined) return obstacle;
  const workload = workloadOf(pod, world.view.owners);
  if (workload === undefined) return unchanged('pod-not-supported', ['the pod has neither a name nor a controller']);
  const sized = size(pod, workload, effective, world);
  if (sized.every((container) => container.forecast === undefined)) {
    return unchanged('no-forecast', [`no forecast yet for ${workload.kind} ${workload.namespace}/${workload.name}`]);
  }
  if (isReinvocation(pod, moment.nowSeconds) && !sized.some(changes)) return unchanged('already-decided', []);
  return decided(workload, effective, sized, world, moment);
}

/** `<time in base 36 milliseconds>-<random>`: sorts by time, tells its age. */
export function decisionIdAt(nowSeconds: number, random: () => number): string {
  const entropy = Math.floor(random() * 36 ** 8).toString(36);
  return `${Math.floor(nowSeconds * 1000).toString(36)}-${entropy.padStart(8, '0')}`;
}

function obstacleOf(pod: AdmittedPod, effective: Effective, world: World, moment: Moment): Outcome | undefined {
  if (!effective.optedIn) return unchanged('no-objective', []);
  if (isMirror(pod)) return unchanged('pod-not-supported', []);
  if (pod.operatingSystem === 'windows') return unchanged('pod-not-supported', ['Windows pods are left unchanged']);
  if (effective.errors.length > 0) return unchanged('unreadable', effective.errors);
  if (effective.mode === 'off') return unchanged('mode-off', []);
  if (effective.mode === 'observe' && isReinvocation(pod, moment.nowSeconds)) return unchanged('already-decided', []);
  if (!world.view.synced) return unchanged('not-synced', ['Barograph has not read the cluster yet']);
  if (!isFresh(world.outlook, moment.nowSeconds, world.maxOutlookAgeSeconds)) {
    return unchanged('outlook-stale', [
      world.outlook === undefined ? 'there is no Outlook yet' : 'the Outlook is too old to act on',
    ]);
  }
  return undefined;
}

function isMirror(pod: AdmittedPod): boolean {
  const source = pod.annotations['kubernetes.io/config.source'];
  return pod.annotations['kubernetes.io/config.mirror'] !== undefined || (source !== undefined && source !== 'api');
}

function isReinvocation(pod: AdmittedPod, nowSeconds: number): boolean {
  const stamp = pod.annotations[decisionAnnotation]?.split('-', 1)[0];
  const madeSeconds = stamp === undefined ? Number.NaN : Number.parseInt(stamp, 36) / 1000;
  return Math.abs(nowSeconds - madeSeconds) <= reinvocationSeconds;
}

function size(pod: AdmittedPod, workload: WorkloadKey, effective: Effective, world: World): SizedContainer[] {
  const sized = sizeContainers({
    pod,
    workload,
    objective: effective.objective,
    bounds: effective.bounds,
    autoscalers: world.view.autoscalers(workload),
    limitRanges: world.view.limitRanges(pod.namespace),
    largestNode: world.view.largestNode(pod.operatingSystem),
    forecasts: world.forecasts,
  });
  return keepQosClass(pod, fitQuota(sized, pod.namespace, world.view.quotas(pod.namespace), world.quotas));
}

function decided(
  workload: WorkloadKey,
  effective: Effective,
  sized: readonly SizedContainer[],
  world: World,
  moment: Moment,
): Outcome {
  const warnings = sized.flatMap((container) => container.warnings);
  const what = summarize(sized);
  const decision: Decision = {
    id: moment.id,
    time: new Date(moment.nowSeconds * 1000).toISOString(),
    mode: effective.mode,
    workload,
    containers: sized.map((container) => recordOf(container, effective, world)),
    warnings,
    placement: null,
    counterfactual: { static: staticCounterfactual(sized) },
    outlookVersion: world.outlook?.version ?? 0,
  };
  return {
    kind: 'decided',
    decision,
    sized: effective.mode === 'enforce' ? sized : [],
    annotation: annotate(moment.id, effective.mode, what),
  };
}

function recordOf(container: SizedContainer, effective: Effective, world: World): ContainerDecision {
  const { name, before, after, forecast, reason } = container;
  const { cpuExceeded, memoryExceeded } = effective.objective;
  const record = { name, before, after, objective: { cpuExceeded, memoryExceeded }, reason };
  if (forecast === undefined) return record;
  const levels = (of: Float64Array): number[] => Array.from(of, (risk) => 1 - risk).reverse();
  return {
    ...record,
    forecast: {
      levels: { cpu: levels(forecast.cpu.risks), memory: levels(forecast.memory.risks) },
      values: { cpu: [...forecast.cpu.values].reverse(), memory: [...forecast.memory.values].reverse() },
      horizonSeconds: (world.outlook?.steps ?? 0) * (world.outlook?.stepSeconds ?? 0),
    },
    model: { cpu: forecast.cpu.model, memory: forecast.memory.model },
    data: {
      from: new Date(forecast.fromSeconds * 1000).toISOString(),
      to: new Date(forecast.toSeconds * 1000).toISOString(),
      samples: forecast.samples,
    },
  };
}

function annotate(id: string, mode: Mode, what: string): string {
  return `${id}; ${mode}; ${what}`;
}

function changes(container: SizedContainer): boolean {
  return container.changed;
}

function unchanged(reason: UnchangedReason, warnings: readonly string[]): Outcome {
  return { kind: 'unchanged', reason, warnings };
}
