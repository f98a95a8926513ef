import type { NamespaceView, NodeView, PodView } from '../../src/cluster/view.ts';

export { type MemoryContents, type MemoryView, memoryView } from '../../src/cluster/memory-view.ts';

/** A ready Linux node of 16 cores and 64 GiB, unless said otherwise. */
export function nodeView(name: string, more: Partial<NodeView> = {}): NodeView {
  return {
    name,
    labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' },
    allocatable: { cpu: 16_000, memory: 64 * 2 ** 30 },
    schedulable: true,
    ready: true,
    ...more,
  };
}

/** `node-0`, `node-1`, … */
export function nodeViews(count: number, more: Partial<NodeView> = {}): readonly NodeView[] {
  return Array.from({ length: count }, (_, index) => nodeView(`node-${index}`, more));
}

export function namespaceView(name: string, more: Partial<NamespaceView> = {}): NamespaceView {
  return { name, labels: {}, annotations: {}, ...more };
}

/** A pod of the namespace `shop` whose Deployment is its name up to the first dash, with one container `app` of 1 core and 1 GiB. */
export function podView(name: string, more: Partial<PodView> = {}): PodView {
  const namespace = more.namespace ?? 'shop';
  return {
    uid: `uid-${namespace}-${name}`,
    namespace,
    name,
    node: undefined,
    workload: { namespace, kind: 'Deployment', name: name.split('-', 1)[0] ?? name },
    containers: [{ name: 'app', requests: { cpu: 1000, memory: 2 ** 30 } }],
    priority: 0,
    createdSeconds: 0,
    scheduledSeconds: undefined,
    decision: undefined,
    ...more,
  };
}
