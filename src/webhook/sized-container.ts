import type { ContainerDecision, ContainerResources } from '../core/decision.ts';
import type { ContainerForecast } from '../core/outlook.ts';
import { type PerResource, type Resource, resources } from '../core/resource.ts';
import type { AdmittedContainer } from './pod.ts';
import type { SizingRule } from './sizing-rule.ts';

/** A container with what it came with and what it shall have. */
export interface SizedContainer {
  readonly name: string;
  readonly pointer: string;
  readonly source: AdmittedContainer;
  readonly before: ContainerResources;
  readonly after: ContainerResources;
  readonly forecast: ContainerForecast | undefined;
  /** For the resources that are sized; the others stay as they are. */
  readonly rules: Partial<PerResource<SizingRule>>;
  readonly reason: Readonly<Record<Resource, string>>;
  /** What was decided in an earlier call for the same pod: it stands. */
  readonly standing?: ContainerDecision | undefined;
}

/** Whether a patch is needed. */
export function isChanged({ before, after }: SizedContainer): boolean {
  return !isSame(before, after);
}

/** What the user asked for, whatever earlier calls for the same pod made of it. */
export function askedOf({ before, standing }: SizedContainer): ContainerResources {
  return standing?.before ?? before;
}

export function isSame(one: ContainerResources, other: ContainerResources): boolean {
  return resources.every(
    (resource) =>
      one.requests[resource] === other.requests[resource] && one.limits[resource] === other.limits[resource],
  );
}

/** The same container with another outcome for one resource, and one more reason for it. */
export function adjusted(
  container: SizedContainer,
  resource: Resource,
  after: ContainerResources,
  note: string,
): SizedContainer {
  const reasons = container.reason[resource].split(', ');
  const reason = reasons.includes(note) ? container.reason[resource] : [...reasons, note].join(', ');
  return { ...container, after, reason: { ...container.reason, [resource]: reason } };
}

/** The same container with one resource as it came. */
export function asWritten(container: SizedContainer, resource: Resource, note: string): SizedContainer {
  const { before, after } = container;
  const one = (side: 'requests' | 'limits'): ContainerResources['requests'] => {
    const { [resource]: _, ...rest } = after[side];
    const value = before[side][resource];
    return value === undefined ? rest : { ...rest, [resource]: value };
  };
  return adjusted(container, resource, { requests: one('requests'), limits: one('limits') }, note);
}
