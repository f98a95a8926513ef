import { formatQuantity } from '../core/quantity.ts';
import type { Resource } from '../core/resource.ts';

const mebibyte = 2 ** 20;

/** A quantity for people: cpu exact, memory to the mebibyte; a dash where there is none. */
export function shownQuantity(value: number | undefined, resource: Resource): string {
  if (value === undefined || !Number.isFinite(value)) return '–';
  if (resource === 'cpu') return formatQuantity(Math.ceil(value), 'cpu');
  return `${Math.ceil(value / mebibyte)}Mi`;
}
