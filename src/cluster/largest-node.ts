import type { PerResource } from '../core/resource.ts';
import type { NodeRecord } from './project-node.ts';

/** The largest allocatable of the schedulable nodes of each operating system; cpu and memory may come from different nodes. */
export function largestNodes(records: Iterable<NodeRecord>): ReadonlyMap<string, PerResource<number>> {
  const largest = new Map<string, PerResource<number>>();
  for (const { view, operatingSystem } of records) {
    if (!view.schedulable) continue;
    const before = largest.get(operatingSystem) ?? { cpu: 0, memory: 0 };
    const { cpu, memory } = view.allocatable;
    largest.set(operatingSystem, { cpu: Math.max(before.cpu, cpu), memory: Math.max(before.memory, memory) });
  }
  return largest;
}
