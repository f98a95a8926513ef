import type { AutoscalerView, LimitRangeView } from '../cluster/view.ts';
import { type Bounds, boundsOf, type ContainerBounds } from '../core/bounds.ts';
import type { ContainerResources } from '../core/decision.ts';
import type { ContainerForecast } from '../core/outlook.ts';
import { formatQuantity, parseQuantity } from '../core/quantity.ts';
import { type PerResource, type Resource, resources } from '../core/resource.ts';
import { containerId, type WorkloadKey } from '../core/workload.ts';
import { recommendationAt } from '../predict/recommend.ts';
import type { ForecastLookup } from '../train/model-cache-view.ts';
import { defaultedByLimitRanger } from './limit-ranger.ts';
import type { AdmittedContainer, AdmittedPod } from './pod.ts';

/** What is worth requesting at the least: below this a process does not start. */
const floors: PerResource<number> = { cpu: 1, memory: 4 * 2 ** 20 };

export interface SizedContainer {
  readonly name: string;
  readonly pointer: string;
  readonly source: AdmittedContainer;
  readonly before: ContainerResources;
  readonly after: ContainerResources;
  readonly changed: boolean;
  readonly forecast: ContainerForecast | undefined;
  readonly reason: Record<Resource, string>;
  readonly warnings: readonly string[];
}

export interface SizingInput {
  readonly pod: AdmittedPod;
  readonly workload: WorkloadKey;
  readonly objective: { readonly cpuExceeded: number; readonly memoryExceeded: number };
  readonly bounds: Bounds | undefined;
  readonly autoscalers: AutoscalerView;
  readonly limitRanges: readonly LimitRangeView[];
  readonly largestNode: PerResource<number> | undefined;
  readonly forecasts: ForecastLookup;
}

/** New requests and limits of every container that is sized (ordinary ones and sidecars), each with its reasons. */
export function sizeContainers(input: SizingInput): SizedContainer[] {
  const defaulted = defaultedByLimitRanger(input.pod.annotations);
  const sized = input.pod.containers
    .filter((container) => container.role !== 'init')
    .map((container) => sizeContainer(container, input, defaulted));
  return fitLargestNode(sized, input.largestNode);
}

interface Draft {
  readonly requests: Partial<Record<Resource, number>>;
  readonly limits: Partial<Record<Resource, number>>;
  readonly reason: Record<Resource, string>;
  readonly warnings: string[];
}

interface Situation {
  readonly input: SizingInput;
  readonly container: AdmittedContainer;
  readonly before: ContainerResources;
  readonly bounds: ContainerBounds;
  readonly forecast: ContainerForecast | undefined;
  /** Requests and limits that a LimitRange put in: not the user's wish. */
  readonly defaulted: { readonly requests: ReadonlySet<Resource>; readonly limits: ReadonlySet<Resource> };
}

function sizeContainer(
  container: AdmittedContainer,
  input: SizingInput,
  defaultedOf: ReturnType<typeof defaultedByLimitRanger>,
): SizedContainer {
  const before: ContainerResources = { requests: quantities(container.requests), limits: quantities(container.limits) };
  const forecast = input.forecasts.get(containerId({ ...input.workload, container: container.name }));
  const situation: Situation = {
    input,
    container,
    before,
    bounds: boundsOf(input.bounds, container.name),
    forecast,
    defaulted: defaultedOf(container.name),
  };
  const draft: Draft = {
    requests: { ...before.requests },
    limits: { ...before.limits },
    reason: { cpu: '', memory: '' },
    warnings: [],
  };
  for (const resource of resources) {
    const obstacle = obstacleTo(resource, situation);
    if (obstacle === undefined) sizeResource(resource, situation, draft);
    else draft.reason[resource] = obstacle;
  }
  return finish(situation, draft);
}

function obstacleTo(resource: Resource, { input, container, bounds, forecast }: Situation): string | undefined {
  if (bounds === 'off') return 'bounds-off';
  if (input.pod.hasPodLevelResources) return 'pod-level-resources';
  const { hpa, vpa } = input.autoscalers;
  if (
    hpa.some(
      (metric) => metric.resource === resource && (metric.container === '' || metric.container === container.name),
    )
  ) {
    return 'controlled-by-hpa';
  }
  if (vpa.some((control) => control.resource === resource && !control.except.includes(container.name)))
    return 'controlled-by-vpa';
  return forecast === undefined ? 'no-forecast' : undefined;
}

function sizeResource(resource: Resource, situation: Situation, draft: Draft): void {
  const { forecast, before, input } = situation;
  if (forecast === undefined) return;
  const risk = resource === 'cpu' ? input.objective.cpuExceeded : input.objective.memoryExceeded;
  const needed = Math.ceil(recommendationAt(forecast[resource], risk).target);
  const notes: string[] = [`${forecast[resource].model} at ${percent(risk)}`];
  const isGuaranteed = before.limits[resource] !== undefined && before.limits[resource] === before.requests[resource];
  let request = Math.max(floors[resource], needed);
  request = clamp(request, boundsRange(resource, situation), 'bounds', notes);
  request = clamp(request, limitRangeOf(resource, input.limitRanges), 'LimitRange', notes);
  if (resource === 'cpu' && isGuaranteed && isWholeCores(before.requests.cpu)) {
    // The static CPU manager gives whole cores to Guaranteed containers that ask for whole cores: keep it so.
    request = Math.ceil(request / 1000) * 1000;
    notes.push('whole cores kept');
  }
  draft.requests[resource] = request;
  const limit = limitFor(resource, request, needed, situation, draft.warnings);
  if (limit !== undefined) {
    draft.limits[resource] = limit;
    draft.requests[resource] = Math.min(isGuaranteed ? limit : request, limit);
  }
  draft.reason[resource] = notes.join(', ');
}

/** The limit that goes with a request: its ratio is kept, and a memory limit is never below what is forecast at the risk. */
function limitFor(
  resource: Resource,
  request: number,
  needed: number,
  { before, defaulted, input, container }: Situation,
  warnings: string[],
): number | undefined {
  const limit = before.limits[resource];
  if (limit === undefined) return undefined;
  const held = before.requests[resource] ?? limit;
  let next =
    defaulted.limits.has(resource) || held === 0 ? Math.max(limit, request) : Math.round((request * limit) / held);
  if (resource === 'memory') next = Math.max(next, needed);
  const { lowest, highest, maxRatio } = limitRangeOf(resource, input.limitRanges);
  if (maxRatio !== undefined) next = Math.min(next, Math.floor(request * maxRatio));
  next = Math.max(next, request, lowest);
  if (next > highest) {
    next = highest;
    if (resource === 'memory' && needed > highest) {
      warnings.push(
        `${container.name}: a LimitRange caps the memory limit at ${formatQuantity(highest, 'memory')}, below the ${formatQuantity(needed, 'memory')} that the objective needs`,
      );
    }
  }
  return next;
}

interface Allowed {
  readonly lowest: number;
  readonly highest: number;
  readonly maxRatio?: number | undefined;
}

function boundsRange(resource: Resource, { bounds }: Situation): Allowed {
  return (bounds === 'off' ? undefined : bounds[resource]) ?? { lowest: 0, highest: Number.POSITIVE_INFINITY };
}

function limitRangeOf(resource: Resource, ranges: readonly LimitRangeView[]): Allowed {
  const ofContainers = ranges.filter((range) => range.type === 'Container');
  const ratios = ofContainers.flatMap((range) => range.maxLimitRequestRatio[resource] ?? []);
  return {
    lowest: Math.max(0, ...ofContainers.map((range) => range.min[resource] ?? 0)),
    highest: Math.min(
      Number.POSITIVE_INFINITY,
      ...ranges.map((range) => range.max[resource] ?? Number.POSITIVE_INFINITY),
    ),
    maxRatio: ratios.length === 0 ? undefined : Math.min(...ratios),
  };
}

function clamp(value: number, { lowest, highest }: Allowed, what: string, notes: string[]): number {
  const clamped = Math.min(Math.max(value, lowest), Math.max(lowest, highest));
  if (clamped !== value) notes.push(clamped > value ? `raised to ${what}` : `capped by ${what}`);
  return clamped;
}

/** A pod that asks for more than the largest node has is never scheduled: its raises are cut so that the sum fits. */
function fitLargestNode(sized: readonly SizedContainer[], largest: PerResource<number> | undefined): SizedContainer[] {
  if (largest === undefined) return [...sized];
  return resources.reduce<SizedContainer[]>(
    (containers, resource) => scaleRaises(containers, resource, largest[resource], 'capped by the largest node'),
    [...sized],
  );
}

/**
 * Cuts the raises of one resource, all by the same share, until the sum of requests is at most `allowed` (or what it was before, when that was
 * more). Lowered requests stay lowered.
 */
export function scaleRaises(
  sized: readonly SizedContainer[],
  resource: Resource,
  allowed: number,
  note: string,
): SizedContainer[] {
  const sum = (of: (container: SizedContainer) => number): number =>
    sized.reduce((total, container) => total + of(container), 0);
  const raise = (container: SizedContainer): number =>
    Math.max(0, (container.after.requests[resource] ?? 0) - (container.before.requests[resource] ?? 0));
  const total = sum((container) => container.after.requests[resource] ?? 0);
  const raised = sum(raise);
  const over = total - Math.max(allowed, 0);
  if (over <= 0 || raised <= 0) return [...sized];
  const kept = Math.max(0, 1 - over / raised);
  return sized.map((container) => {
    const by = raise(container);
    if (by === 0) return container;
    const request = Math.floor((container.before.requests[resource] ?? 0) + by * kept);
    return withRequest(container, resource, request, note);
  });
}

/** The same container with another request; its limit keeps the ratio that it has after sizing, memory keeps its limit. */
export function withRequest(
  container: SizedContainer,
  resource: Resource,
  request: number,
  note: string,
): SizedContainer {
  const held = container.after.requests[resource] ?? 0;
  const limit = container.after.limits[resource];
  const isEqual = limit !== undefined && limit === held;
  const limits = isEqual ? { ...container.after.limits, [resource]: request } : container.after.limits;
  const requests: Partial<Record<Resource, number>> = { ...container.after.requests, [resource]: request };
  if (request === 0 && container.before.requests[resource] === undefined) delete requests[resource];
  const after = { requests, limits };
  return {
    ...container,
    after,
    changed: differs(container.before, after),
    reason: { ...container.reason, [resource]: `${container.reason[resource]}, ${note}` },
  };
}

function finish({ container, before, forecast }: Situation, draft: Draft): SizedContainer {
  const after: ContainerResources = { requests: draft.requests, limits: draft.limits };
  return {
    name: container.name,
    pointer: container.pointer,
    source: container,
    before,
    after,
    changed: differs(before, after),
    forecast,
    reason: draft.reason,
    warnings: draft.warnings,
  };
}

function differs(before: ContainerResources, after: ContainerResources): boolean {
  return resources.some(
    (resource) =>
      before.requests[resource] !== after.requests[resource] || before.limits[resource] !== after.limits[resource],
  );
}

/** Millicores and bytes of what is readable; a quantity that cannot be read counts as absent (the API server refuses such a pod). */
function quantities(texts: Readonly<Record<string, string>> | undefined): Partial<Record<Resource, number>> {
  const read: Partial<Record<Resource, number>> = {};
  for (const resource of resources) {
    const text = texts?.[resource];
    if (text !== undefined) read[resource] = parseQuantity(text, resource);
  }
  return read;
}

function isWholeCores(millicores: number | undefined): boolean {
  return millicores !== undefined && millicores >= 1000 && millicores % 1000 === 0;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(4))} %`;
}
