import type { AutoscalerView, LimitRangeView } from '../cluster/view.ts';
import { type Bounds, boundsOf } from '../core/bounds.ts';
import type { ContainerDecision, ContainerResources, Decision } from '../core/decision.ts';
import type { ContainerForecast, ResourceForecast } from '../core/outlook.ts';
import { type PerResource, type Resource, resources } from '../core/resource.ts';
import { containerId, type WorkloadKey } from '../core/workload.ts';
import { basisOf, requestedAt } from '../predict/recommend.ts';
import type { ForecastLookup } from '../train/model-cache-view.ts';
import { type Defaulted, defaultedByLimitRanger } from './limit-ranger.ts';
import { allowedBy } from './limits-of-range.ts';
import type { AdmittedContainer, AdmittedPod } from './pod.ts';
import { qosClass } from './qos-class.ts';
import { isSame, type SizedContainer } from './sized-container.ts';
import { requestFor, type SizingRule, withRequest } from './sizing-rule.ts';
import type { Written } from './written.ts';

export interface SizingInput {
  readonly pod: AdmittedPod;
  readonly written: Written;
  readonly workload: WorkloadKey;
  readonly objective: { readonly cpuExceeded: number; readonly memoryExceeded: number };
  /** Where the risk is the configured one, which all such containers may keep together. */
  readonly isByDefault: PerResource<boolean>;
  readonly bounds: Bounds | undefined;
  readonly autoscalers: AutoscalerView;
  readonly limitRanges: readonly LimitRangeView[];
  readonly forecasts: ForecastLookup;
  /** What was decided on the same pod a moment ago. */
  readonly previous: Decision | undefined;
}

/** New requests and limits of every container that is sized (ordinary ones and sidecars), each by itself, with its reasons. */
export function sizeContainers(input: SizingInput): SizedContainer[] {
  const defaulted = defaultedByLimitRanger(input.pod.annotations);
  const isGuaranteed = qosClass([...input.written.containers.values()]) === 'Guaranteed';
  return input.pod.containers
    .filter((container) => container.role !== 'init')
    .map((container) => sizeContainer(container, input, defaulted(container.name), isGuaranteed));
}

// More than any machine has, and exact as a number with every ratio applied.
const mostNeeded = 2 ** 50;

function sizeContainer(
  container: AdmittedContainer,
  input: SizingInput,
  defaulted: Defaulted,
  isGuaranteed: boolean,
): SizedContainer {
  const before = input.written.containers.get(container.pointer) ?? { requests: {}, limits: {} };
  const standing = standingFor(container.name, before, input.previous);
  const forecast = input.forecasts.get(containerId({ ...input.workload, container: container.name }));
  const rules: Partial<Record<Resource, SizingRule>> = {};
  const reason: Record<Resource, string> = { cpu: '', memory: '' };
  const kept = { name: container.name, pointer: container.pointer, source: container, before, forecast };
  if (standing !== undefined) return { ...kept, after: before, rules, reason: standing.reason, standing };
  let after = before;
  for (const resource of resources) {
    const rule = ruleFor(resource, container, input, { before, forecast, defaulted, isGuaranteed });
    if (typeof rule === 'string') {
      reason[resource] = rule;
      continue;
    }
    const sized = sizeResource(after, rule, basisFor(resource, forecast, input));
    after = sized.after;
    reason[resource] = sized.reason;
    rules[resource] = rule;
  }
  return { ...kept, after, rules, reason };
}

/** What an earlier call made of a container that still is as that call left it: it stands, whatever has changed since. */
function standingFor(
  name: string,
  before: ContainerResources,
  previous: Decision | undefined,
): ContainerDecision | undefined {
  const decided = previous?.containers.find((container) => container.name === name);
  if (previous === undefined || decided === undefined) return undefined;
  return isSame(before, previous.mode === 'enforce' ? decided.after : decided.before) ? decided : undefined;
}

function sizeResource(
  held: ContainerResources,
  rule: SizingRule,
  basis: string,
): { readonly after: ContainerResources; readonly reason: string } {
  const notes = [basis];
  const request = requestFor(rule, notes);
  // A Guaranteed pod's limit moves with its request: bounds that would take it below the forecast do not.
  const isLimitEndangered = rule.together && request < rule.needed && request < (rule.limit ?? 0);
  const isKept = rule.resource === 'memory' && isLimitEndangered;
  if (isKept) notes.push('guaranteed-memory-kept');
  return { after: isKept ? held : withRequest(held, request, rule), reason: notes.join(', ') };
}

interface Known {
  readonly before: ContainerResources;
  readonly forecast: ContainerForecast | undefined;
  readonly defaulted: Defaulted;
  readonly isGuaranteed: boolean;
}

/** What decides on a resource; a text when it is left alone, and why. */
function ruleFor(
  resource: Resource,
  container: AdmittedContainer,
  input: SizingInput,
  { before, forecast, defaulted, isGuaranteed }: Known,
): SizingRule | string {
  const bounds = boundsOf(input.bounds, container.name);
  if (bounds === 'off') return 'bounds-off';
  const controller = controllerOf(resource, container, input.autoscalers);
  if (controller !== undefined) return controller;
  const needed = neededOf(forecast?.[resource], riskOf(resource, input), input.isByDefault[resource]);
  if (needed === undefined) return 'no-forecast';
  const limit = before.limits[resource];
  if (limit === 0) return 'a limit of 0 leaves no room for a request';
  return {
    resource,
    needed,
    request: before.requests[resource],
    limit,
    together: isGuaranteed,
    ratioKept: !defaulted.limits.has(resource) && !defaulted.requests.has(resource),
    bounds: bounds[resource] ?? { lowest: 0, highest: Number.POSITIVE_INFINITY },
    range: allowedBy(input.limitRanges, 'Container', resource),
  };
}

function neededOf(forecast: ResourceForecast | undefined, risk: number, isByDefault: boolean): number | undefined {
  if (forecast === undefined || forecast.risks.length === 0) return undefined;
  const { target } = requestedAt(forecast, risk, isByDefault);
  return Number.isFinite(target) && target >= 0 ? Math.ceil(Math.min(target, mostNeeded)) : undefined;
}

/** What a request rests on, in words: `calibrated histogram at 1 %`. */
function basisFor(resource: Resource, forecast: ContainerForecast | undefined, input: SizingInput): string {
  const risk = riskOf(resource, input);
  const basis = forecast === undefined ? '' : basisOf(forecast[resource], risk, input.isByDefault[resource]);
  return `${basis} at ${percent(risk)}`;
}

function controllerOf(
  resource: Resource,
  { name }: AdmittedContainer,
  { hpa, vpa }: AutoscalerView,
): 'controlled-by-hpa' | 'controlled-by-vpa' | undefined {
  const scales = hpa.some((metric) => metric.resource === resource && ['', name].includes(metric.container));
  if (scales) return 'controlled-by-hpa';
  const controls = vpa.some((control) => control.resource === resource && !control.except.includes(name));
  return controls ? 'controlled-by-vpa' : undefined;
}

function riskOf(resource: Resource, { objective }: SizingInput): number {
  return resource === 'cpu' ? objective.cpuExceeded : objective.memoryExceeded;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(4))} %`;
}
