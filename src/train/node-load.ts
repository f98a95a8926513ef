import type { ContainerUsage, NodeUsage, UsageBatch } from '../collect/source.ts';
import type { PerResource } from '../core/resource.ts';
import { stepCount, type TimeRange } from '../core/time-range.ts';

type Sums = { readonly cpu: Float64Array; readonly memory: Float64Array };

/** Whether the source says on which node each container runs. Then a node's load can be split into theirs and the rest. */
export function isAttributed(containers: readonly ContainerUsage[]): boolean {
  return containers.some((usage) => usage.node !== undefined);
}

/**
 * What each node's load is beside its tracked containers (operating system, kubelet, pods that are not tracked): usage of the node less the sum of
 * theirs, at least zero. When nothing is attributed, the whole load. Calls `put` in ascending time for each node.
 */
export function eachNodeLoad(
  batch: UsageBatch,
  put: (node: string, timeSeconds: number, load: PerResource<number>) => void,
): void {
  const sums = isAttributed(batch.containers) ? sumsByNode(batch.containers, batch.range) : new Map<string, Sums>();
  for (const usage of batch.nodes) eachLoad(usage, sums.get(usage.node), batch.range, put);
}

function eachLoad(
  usage: NodeUsage,
  sums: Sums | undefined,
  range: TimeRange,
  put: (node: string, timeSeconds: number, load: PerResource<number>) => void,
): void {
  for (const [i, time] of usage.times.entries()) {
    const step = stepOf(time, range);
    const rest = (total: number | undefined, part: number | undefined): number =>
      Math.max(0, (total ?? Number.NaN) - (part ?? 0));
    put(usage.node, time, {
      cpu: rest(usage.cpuMillicores[i], sums?.cpu[step]),
      memory: rest(usage.memoryBytes[i], sums?.memory[step]),
    });
  }
}

function sumsByNode(containers: readonly ContainerUsage[], range: TimeRange): Map<string, Sums> {
  const steps = stepCount(range);
  const byNode = new Map<string, Sums>();
  for (const usage of containers) {
    if (usage.node === undefined) continue;
    const sums = byNode.get(usage.node) ?? { cpu: new Float64Array(steps), memory: new Float64Array(steps) };
    byNode.set(usage.node, sums);
    for (const [i, time] of usage.times.entries()) {
      const step = stepOf(time, range);
      if (step < 0 || step >= steps) continue;
      sums.cpu[step] = (sums.cpu[step] ?? 0) + finite(usage.cpuMillicores[i]);
      sums.memory[step] = (sums.memory[step] ?? 0) + finite(usage.memoryBytes[i]);
    }
  }
  return byNode;
}

function stepOf(time: number, range: TimeRange): number {
  return Math.round((time - range.startSeconds) / range.stepSeconds) - 1;
}

function finite(value: number | undefined): number {
  return value === undefined || Number.isNaN(value) ? 0 : value;
}
