import { formatQuantity } from '../core/quantity.ts';
import { type Resource, resources } from '../core/resource.ts';
import type { SizedContainer } from './sized-container.ts';

/** Where a container gets less than its objective needs, because others allow no more. What its owner wished by bounds is no news. */
export function warningsOf(sized: readonly SizedContainer[]): readonly string[] {
  return sized.flatMap((container) => resources.flatMap((resource) => shortage(container, resource)));
}

function shortage({ name, after, rules, reason }: SizedContainer, resource: Resource): string[] {
  const rule = rules[resource];
  if (rule === undefined) return [];
  // What memory may grow to is its limit; what CPU is sure to get is its request.
  const limit = resource === 'memory' ? after.limits[resource] : undefined;
  const given = limit ?? after.requests[resource] ?? 0;
  const obstacles = reason[resource]
    .split(', ')
    .filter((note) => /^(?:capped by|quota-exhausted|kept as written)/.test(note));
  const why = obstacles.find((note) => note !== 'capped by bounds');
  if (given >= rule.needed || why === undefined) return [];
  return [`${name}: ${resource} ${shown(given, resource)} of ${shown(rule.needed, resource)} needed: ${why}`];
}

function shown(value: number, resource: Resource): string {
  if (value === 0) return 'none';
  return resource === 'memory' ? `${Math.ceil(value / 2 ** 20)}Mi` : formatQuantity(value, resource);
}
