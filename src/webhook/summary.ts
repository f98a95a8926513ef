import type { ContainerResources } from '../core/decision.ts';
import { formatQuantity } from '../core/quantity.ts';
import { type Resource, resources } from '../core/resource.ts';
import { askedOf, isChanged, type SizedContainer } from './sized-container.ts';

const longest = 60;

/** What a decision does, in at most 60 characters: the pod's requests before and after, summed over its containers. */
export function summarize(sized: readonly SizedContainer[]): string {
  const parts = resources.map((resource) => {
    const before = total(sized.map(askedOf), resource);
    const after = total(
      sized.map((container) => container.after),
      resource,
    );
    return before === after
      ? `${resource} ${show(after, resource)} kept`
      : `${resource} ${show(before, resource)} to ${show(after, resource)}`;
  });
  const text = parts.join(', ');
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}

/** Whether a pod still asks for what the text says that a decision made of it; false when it cannot be told, as of new containers without requests. */
export function isResultOf(text: string, sized: readonly SizedContainer[]): boolean {
  const isNew = ({ before }: SizedContainer): boolean => resources.every((name) => before.requests[name] === undefined);
  if (sized.some((container) => isNew(container) && isChanged(container))) return false;
  const said = [...text.matchAll(/(cpu|memory) (?:\S+ to )?([^\s,]+)(?: kept)?(?=, |$)/g)];
  return resources.every((resource) => {
    const result = said.find(([, name]) => name === resource)?.[2];
    const before = sized.map((container) => container.before);
    return result === show(total(before, resource), resource);
  });
}

function total(containers: readonly ContainerResources[], resource: Resource): number {
  return containers.reduce((sum, { requests }) => sum + (requests[resource] ?? 0), 0);
}

function show(value: number, resource: Resource): string {
  if (value === 0) return 'none';
  // Rounded to the mebibyte: the annotation is for people, the pod's own fields are exact.
  return resource === 'memory' ? `${Math.round(value / 2 ** 20)}Mi` : formatQuantity(value, resource);
}
