import type { ContainerUsage, NodeUsage, Source } from '../../collect/source.ts';
import { createTraceSource } from '../../collect/trace.ts';
import type { ContainerResources } from '../../core/decision.ts';
import { type PerResource, resources } from '../../core/resource.ts';
import { type ContainerKey, containerId } from '../../core/workload.ts';

/** What the recordings say of the hours after the decisions: nothing of it was known when they were made. */
export interface RecordedFuture {
  readonly containers: ReadonlyMap<string, ContainerUsage>;
  readonly nodes: ReadonlyMap<string, NodeUsage>;
}

export async function readFuture(path: string, fromSeconds: number, hours: number): Promise<RecordedFuture> {
  const source: Source = createTraceSource({ path, clock: { nowSeconds: () => Number.POSITIVE_INFINITY } });
  const containers = new Map<string, ContainerUsage>();
  const nodes = new Map<string, NodeUsage>();
  const startSeconds = Math.floor(fromSeconds / 300) * 300;
  // One day at a time is one batch: see createTraceSource.
  for await (const batch of source.read({ startSeconds, endSeconds: startSeconds + hours * 3600, stepSeconds: 300 })) {
    for (const usage of batch.containers)
      containers.set(containerId(usage.key), joined(containers.get(containerId(usage.key)), usage));
    for (const usage of batch.nodes) nodes.set(usage.node, joined(nodes.get(usage.node), usage));
  }
  await source.close();
  return { containers, nodes };
}

/** What came of requests and limits: the share of the request that lay idle, and the share of 5-minute windows that wanted more. */
export interface Outcome {
  readonly idle: number;
  readonly exceeded: number;
}

export function outcomeOf(
  future: RecordedFuture,
  key: ContainerKey,
  held: ContainerResources,
): Partial<PerResource<Outcome>> {
  const usage = future.containers.get(containerId(key));
  const outcomes: { cpu?: Outcome; memory?: Outcome } = {};
  if (usage === undefined) return outcomes;
  for (const resource of resources) {
    const request = held.requests[resource];
    // Memory is taken away at the limit, CPU is wanted beyond the request.
    const bearable = resource === 'memory' ? (held.limits.memory ?? request) : request;
    const used = (resource === 'cpu' ? usage.cpuMillicores : usage.memoryBytes).filter((value) => !Number.isNaN(value));
    if (request === undefined || bearable === undefined || request === 0 || used.length === 0) continue;
    const within = used.map((value) => Math.min(value, request));
    outcomes[resource] = {
      idle: 1 - sum(within) / used.length / request,
      exceeded: used.filter((value) => value > bearable).length / used.length,
    };
  }
  return outcomes;
}

/** Minutes in which nodes used more than a share of their cores, with the pods that were put on them. */
export function hotNodeMinutes(
  future: RecordedFuture,
  placed: readonly { readonly node: string; readonly containers: readonly ContainerKey[] }[],
  capacityMillicores: number,
  share: number,
): number {
  let minutes = 0;
  for (const [name, { cpuMillicores }] of future.nodes) {
    const pods = placed.filter(({ node }) => node === name).flatMap(({ containers }) => containers);
    for (const [step, base] of cpuMillicores.entries()) {
      const more = pods.map((key) => future.containers.get(containerId(key))?.cpuMillicores[step] ?? 0);
      if (base + sum(more) > share * capacityMillicores) minutes += 5;
    }
  }
  return minutes;
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function joined<T extends { times: Float64Array; cpuMillicores: Float64Array; memoryBytes: Float64Array }>(
  before: T | undefined,
  after: T,
): T {
  if (before === undefined) return after;
  const join = (a: Float64Array, b: Float64Array): Float64Array => Float64Array.from([...a, ...b]);
  return {
    ...after,
    times: join(before.times, after.times),
    cpuMillicores: join(before.cpuMillicores, after.cpuMillicores),
    memoryBytes: join(before.memoryBytes, after.memoryBytes),
  };
}
