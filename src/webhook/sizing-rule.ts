import type { ContainerResources } from '../core/decision.ts';
import type { Resource } from '../core/resource.ts';
import { type Allowed, largestLimit } from './limits-of-range.ts';

/** What decides on one resource of one container. Millicores or bytes. */
export interface SizingRule {
  readonly resource: Resource;
  /** What is forecast at the objective's risk. */
  readonly needed: number;
  readonly request: number | undefined;
  readonly limit: number | undefined;
  /** The pod is Guaranteed: request and limit are one number. */
  readonly together: boolean;
  /** Whether the ratio of limit to request was meant; not where a LimitRange put one of the two in. */
  readonly ratioKept: boolean;
  readonly bounds: { readonly lowest: number; readonly highest: number };
  readonly range: Allowed;
}

/** What is worth requesting at the least: below this a process does not start. */
const floors: Readonly<Record<Resource, number>> = { cpu: 1, memory: 4 * 2 ** 20 };
// Whole mebibytes can be read by people, and cost at most one.
const grains: Readonly<Record<Resource, number>> = { cpu: 1, memory: 2 ** 20 };

/** The request that the forecast asks for, within bounds and LimitRange; `notes` says what else had a part in it. */
export function requestFor(rule: SizingRule, notes: string[]): number {
  const grain = grains[rule.resource];
  let request = Math.max(floors[rule.resource], Math.ceil(rule.needed / grain) * grain);
  request = clamp(request, rule.bounds, 'bounds', notes);
  request = clamp(request, rule.range, 'LimitRange', notes);
  return keepsWholeCores(rule) ? wholeCores(request, rule, notes) : request;
}

/**
 * The limit that goes with a request: its ratio is kept, a memory limit is never below what is forecast at the risk, and LimitRange has the last
 * word. Rises with the request.
 */
export function limitFor(request: number, rule: SizingRule): number | undefined {
  if (rule.limit === undefined || rule.together) return rule.limit === undefined ? undefined : request;
  const wished =
    rule.ratioKept && rule.request ? Math.round((request * rule.limit) / rule.request) : Math.max(rule.limit, request);
  const needed = rule.resource === 'memory' ? Math.max(wished, rule.needed) : wished;
  const allowed = Math.min(needed, largestLimit(request, rule.range.maxRatio), rule.range.highest);
  return Math.max(allowed, request, rule.range.lowest);
}

/** A container with another request, and the limit that goes with it; zero where nothing was written is nothing. */
export function withRequest(after: ContainerResources, request: number, rule: SizingRule): ContainerResources {
  const { resource } = rule;
  const requests = { ...after.requests, [resource]: request };
  if (request === 0 && rule.request === undefined) delete requests[resource];
  const limit = limitFor(request, rule);
  return { requests, limits: limit === undefined ? after.limits : { ...after.limits, [resource]: limit } };
}

/** A container with another limit; the request gives way where it was above. */
export function withLimit(after: ContainerResources, limit: number, rule: SizingRule): ContainerResources {
  const { resource } = rule;
  const held = after.requests[resource];
  const request = rule.together || (held ?? 0) > limit ? limit : held;
  const limits = { ...after.limits, [resource]: limit };
  return { limits, requests: request === undefined ? after.requests : { ...after.requests, [resource]: request } };
}

/** The static CPU manager pins Guaranteed containers that ask for whole cores: such ones keep asking for whole cores. */
export function keepsWholeCores({ resource, together, request }: SizingRule): boolean {
  return resource === 'cpu' && together && request !== undefined && request >= 1000 && request % 1000 === 0;
}

function wholeCores(request: number, { bounds, range }: SizingRule, notes: string[]): number {
  const highest = Math.min(bounds.highest, range.highest);
  const lowest = Math.max(bounds.lowest, range.lowest, 1000);
  const [above, below] = [Math.ceil(request / 1000) * 1000, Math.floor(request / 1000) * 1000];
  const whole = above <= highest ? above : below;
  if (whole < lowest) return request;
  notes.push('whole cores kept');
  return whole;
}

function clamp(
  value: number,
  { lowest, highest }: { readonly lowest: number; readonly highest: number },
  what: string,
  notes: string[],
): number {
  const clamped = Math.min(Math.max(value, lowest), Math.max(lowest, highest));
  if (clamped !== value) notes.push(clamped > value ? `raised to ${what}` : `capped by ${what}`);
  return clamped;
}
