import type { PerResource } from '../core/resource.ts';
import { type OwnerReference, workloadId } from '../core/workload.ts';
import { largestNodes } from './largest-node.ts';
import type { PodListener } from './pod-index.ts';
import type {
  AutoscalerView,
  ClusterView,
  LimitRangeView,
  NamespaceView,
  NodeView,
  PodView,
  QuotaView,
} from './view.ts';

/** What a cluster in memory begins with; what is left out is empty. */
export interface MemoryContents {
  readonly nodes?: readonly NodeView[];
  readonly pods?: readonly PodView[];
  readonly namespaces?: readonly NamespaceView[];
  /** By namespace. */
  readonly limitRanges?: Readonly<Record<string, readonly LimitRangeView[]>>;
  /** By namespace. */
  readonly quotas?: Readonly<Record<string, readonly QuotaView[]>>;
  /** The controller of a controller, by workloadId (`namespace/ReplicaSet/name`); null where it is known to have none. */
  readonly owners?: Readonly<Record<string, OwnerReference | null>>;
  /** By workloadId. */
  readonly autoscalers?: Readonly<Record<string, AutoscalerView>>;
  /** Whether everything was listed once; true when left out. */
  readonly synced?: boolean;
}

/**
 * A cluster held in memory: for the demo and for tests, with nothing to watch. It tells its listeners what ClusterState would: of pods with a node only,
 * at once.
 *
 *     const view = memoryView({ nodes: [...] });
 *     view.addPod(pod);                          // or changes the pod of that namespace and name
 *     view.bindPod('shop', 'web-1', 'node-0');   // as the scheduler's binding would
 *     view.removePod('shop', 'web-1');
 */
export interface MemoryView extends ClusterView {
  /** Adds a node, or puts it in place of the one of that name. */
  addNode(node: NodeView): void;
  removeNode(name: string): void;
  addNamespace(namespace: NamespaceView): void;
  setQuotas(namespace: string, quotas: readonly QuotaView[]): void;
  addPod(pod: PodView): void;
  /** Returns the pod on its node; undefined when there is no such pod. */
  bindPod(namespace: string, name: string, node: string, atSeconds?: number): PodView | undefined;
  removePod(namespace: string, name: string): void;
  /** Everything is (still) listed or not. Becoming synced is told as a relist. */
  setSynced(synced: boolean): void;
}

const nothingControlled: AutoscalerView = { hpa: [], vpa: [] };

export function memoryView(contents: MemoryContents = {}): MemoryView {
  const nodes = new Map((contents.nodes ?? []).map((node) => [node.name, node]));
  const pods = new Map((contents.pods ?? []).map((pod) => [keyOf(pod), pod]));
  const namespaces = new Map((contents.namespaces ?? []).map((namespace) => [namespace.name, namespace]));
  const quotas = new Map(Object.entries(contents.quotas ?? {}));
  const listeners: PodListener[] = [];
  let synced = contents.synced ?? true;

  function tell(before: PodView | undefined, after: PodView | undefined): void {
    if (before?.node === undefined && after?.node === undefined) return;
    for (const listener of listeners) listener(before, after);
  }

  function addPod(pod: PodView): void {
    const before = pods.get(keyOf(pod));
    pods.set(keyOf(pod), pod);
    tell(before, pod);
  }

  return {
    get synced() {
      return synced;
    },
    namespace: (name) => namespaces.get(name),
    limitRanges: (namespace) => ofKey(contents.limitRanges, namespace) ?? [],
    quotas: (namespace) => quotas.get(namespace) ?? [],
    autoscalers: (workload) => ofKey(contents.autoscalers, workloadId(workload)) ?? nothingControlled,
    owners(key) {
      const owner = ofKey(contents.owners, workloadId(key));
      return owner === undefined ? undefined : { owner: owner ?? undefined };
    },
    node: (name) => nodes.get(name),
    nodes: () => nodes.values(),
    largestNode: (operatingSystem) => largestOf(nodes.values(), operatingSystem),
    pods: () => pods.values(),
    onPodChange: (listener) => {
      listeners.push(listener);
    },
    addNode: (node) => {
      nodes.set(node.name, node);
    },
    removeNode: (name) => {
      nodes.delete(name);
    },
    addNamespace: (namespace) => {
      namespaces.set(namespace.name, namespace);
    },
    setQuotas: (namespace, now) => {
      quotas.set(namespace, now);
    },
    addPod,
    bindPod(namespace, name, node, atSeconds) {
      const pod = pods.get(`${namespace}/${name}`);
      if (pod === undefined) return undefined;
      const bound = { ...pod, node, scheduledSeconds: atSeconds ?? pod.scheduledSeconds };
      addPod(bound);
      return bound;
    },
    removePod(namespace, name) {
      const before = pods.get(`${namespace}/${name}`);
      pods.delete(`${namespace}/${name}`);
      tell(before, undefined);
    },
    setSynced(now) {
      const begins = now && !synced;
      synced = now;
      if (begins) for (const listener of listeners) listener(undefined, undefined);
    },
  };
}

function keyOf({ namespace, name }: PodView): string {
  return `${namespace}/${name}`;
}

function ofKey<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}

function largestOf(nodes: Iterable<NodeView>, operatingSystem: string): PerResource<number> | undefined {
  const records = [...nodes].map((view) => ({ view, operatingSystem: view.labels['kubernetes.io/os'] ?? 'linux' }));
  return largestNodes(records).get(operatingSystem);
}
