import type { ContainerResources } from '../core/decision.ts';
import { BarographError, describeError } from '../core/errors.ts';
import { parseQuantity } from '../core/quantity.ts';
import { type PerResource, type Resource, resources } from '../core/resource.ts';
import type { AdmittedContainer, AdmittedPod } from './pod.ts';

/** What a pod asks for as it came: millicores and bytes, by the pointer of its containers, init containers too. */
export interface Written {
  readonly containers: ReadonlyMap<string, ContainerResources>;
  readonly overhead: PerResource<number>;
}

/**
 * Reads the requests and limits of every container. A limit without a request is also the request, as the API server's own defaults have it.
 * Throws QUANTITY_INVALID where one cannot be read, is negative or is a request above its limit: the API server refuses such a pod.
 */
export function readWritten(pod: AdmittedPod): Written {
  const containers = new Map(pod.containers.map((container) => [container.pointer, readContainer(container)]));
  const overhead = readList(pod.overhead, 'the overhead');
  return { containers, overhead: { cpu: overhead.cpu ?? 0, memory: overhead.memory ?? 0 } };
}

function readContainer(container: AdmittedContainer): ContainerResources {
  const limits = readList(container.limits, `the limit of ${container.name}`);
  const requests = { ...limits, ...readList(container.requests, `the request of ${container.name}`) };
  for (const resource of resources) {
    const [request, limit] = [requests[resource], limits[resource]];
    if (request === undefined || limit === undefined || request <= limit) continue;
    throw new BarographError('QUANTITY_INVALID', `${container.name}: its ${resource} request is above its limit`);
  }
  return { requests, limits };
}

function readList(texts: Readonly<Record<string, string>> | undefined, what: string): Partial<PerResource<number>> {
  const read: Partial<Record<Resource, number>> = {};
  for (const resource of resources) {
    const text = texts?.[resource];
    if (text !== undefined) read[resource] = readQuantity(text, resource, what);
  }
  return read;
}

function readQuantity(text: string, resource: Resource, what: string): number {
  const value = quantityOf(text, resource, what);
  if (value >= 0) return value;
  throw new BarographError('QUANTITY_INVALID', `${what}: expected ${resource} of at least 0, received '${text}'`);
}

function quantityOf(text: string, resource: Resource, what: string): number {
  try {
    return parseQuantity(text, resource);
  } catch (cause) {
    const message = cause instanceof BarographError ? cause.message : describeError(cause);
    throw new BarographError('QUANTITY_INVALID', `${what}: ${message}`, { cause });
  }
}
