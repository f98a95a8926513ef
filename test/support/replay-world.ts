/** Millicores and bytes. */
export interface ReplayUsage {
  readonly cpuMillicores: number;
  readonly memoryBytes: number;
}

export interface ReplayOwner {
  readonly kind: string;
  readonly name: string;
}

/** A pod with one container, as cAdvisor and kube-state-metrics see it. */
export interface ReplayPod {
  readonly namespace: string;
  readonly name: string;
  /** Its controller: a ReplicaSet, a StatefulSet, …; undefined for a bare pod. */
  readonly owner?: ReplayOwner | undefined;
  /** The controller of its ReplicaSet or Job. */
  readonly topOwner?: ReplayOwner | undefined;
  readonly container: string;
  readonly node: string;
  /** Mean CPU of the step that ends then, and memory at its end. */
  readonly usage: (timeSeconds: number) => ReplayUsage;
}

export interface ReplayNode {
  readonly name: string;
  /** What runs there beside the pods; their usage is added to it. */
  readonly base: (timeSeconds: number) => ReplayUsage;
}

/** What there is at a time. Asked for once for each step, so it may be another one at every step. */
export interface ReplayWorld {
  readonly pods: readonly ReplayPod[];
  readonly nodes: readonly ReplayNode[];
}
