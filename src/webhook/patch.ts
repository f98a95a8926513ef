import { decisionAnnotation } from '../core/decision-annotation.ts';
import { formatQuantity } from '../core/quantity.ts';
import { type Resource, resources } from '../core/resource.ts';
import type { AdmittedPod } from './pod.ts';
import { isChanged, type SizedContainer } from './sized-container.ts';

/** One operation of RFC 6902. */
export interface PatchOperation {
  readonly op: 'add';
  readonly path: string;
  readonly value: unknown;
}

export interface Patched {
  readonly sized: readonly SizedContainer[];
  readonly annotation: string;
  readonly scheduler: string | undefined;
}

/**
 * The whole JSON Patch of a decision: requests and limits that differ, and the decision annotation. `add` replaces what is there, so that
 * the patch applies whether a key is there or not. Other resources (hugepages, GPUs) are never named.
 */
export function patchOf(pod: AdmittedPod, { sized, annotation, scheduler }: Patched): PatchOperation[] {
  const operations = sized.flatMap(patchContainer);
  if (scheduler !== undefined) operations.push(add('/spec/schedulerName', scheduler));
  if (!pod.hasAnnotations) operations.push(add('/metadata/annotations', {}));
  operations.push(add(`/metadata/annotations/${escapePointer(decisionAnnotation)}`, annotation));
  return operations;
}

function patchContainer(container: SizedContainer): PatchOperation[] {
  if (!isChanged(container)) return [];
  const base = `${container.pointer}/resources`;
  const operations: PatchOperation[] = [];
  if (!container.source.hasResources) operations.push(add(base, {}));
  for (const part of ['requests', 'limits'] as const) {
    const differing = resources.filter((resource) => isPatched(container, part, resource));
    if (differing.length === 0) continue;
    if (container.source[part] === undefined) operations.push(add(`${base}/${part}`, {}));
    for (const resource of differing) {
      operations.push(...put(`${base}/${part}`, resource, container.after[part][resource]));
    }
  }
  return operations;
}

/** A request that is only implied by its limit is written out when the limit changes: else it would be implied by the new one. */
function isPatched(
  { source, before, after }: SizedContainer,
  part: 'requests' | 'limits',
  resource: Resource,
): boolean {
  if (before[part][resource] !== after[part][resource]) return true;
  const isImplied = part === 'requests' && source.requests?.[resource] === undefined;
  return isImplied && before.limits[resource] !== after.limits[resource];
}

function put(path: string, resource: Resource, value: number | undefined): PatchOperation[] {
  return value === undefined ? [] : [add(`${path}/${resource}`, formatQuantity(value, resource))];
}

function add(path: string, value: unknown): PatchOperation {
  return { op: 'add', path, value };
}

/** A part of a JSON pointer, as RFC 6901 writes it. */
export function escapePointer(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}
