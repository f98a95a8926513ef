import { parseQuantity } from '../core/quantity.ts';
import { type PerResource, type Resource, resources } from '../core/resource.ts';
import { fieldsOf } from './fields.ts';

/** A quantity in the unit of its resource; undefined when it is missing or cannot be read. A CRD may hold it as a number. */
export function amountOf(value: unknown, resource: Resource): number | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  try {
    return parseQuantity(String(value), resource);
  } catch {
    return undefined;
  }
}

/** The cpu and memory of a resource list, zero where it says nothing. */
export function amountsOf(list: unknown): PerResource<number> {
  const fields = fieldsOf(list);
  return { cpu: amountOf(fields.cpu, 'cpu') ?? 0, memory: amountOf(fields.memory, 'memory') ?? 0 };
}

/** The cpu and memory of a resource list, absent where it says nothing. */
export function statedAmountsOf(list: unknown): Partial<PerResource<number>> {
  const fields = fieldsOf(list);
  const stated: Partial<Record<Resource, number>> = {};
  for (const resource of resources) {
    const amount = amountOf(fields[resource], resource);
    if (amount !== undefined) stated[resource] = amount;
  }
  return stated;
}
