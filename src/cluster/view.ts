import type { PerResource, Resource } from '../core/resource.ts';
import type { OwnerLookup, WorkloadKey } from '../core/workload.ts';

/** What admission and scheduling need of the cluster, kept by watches, read from memory only. */
export interface ClusterView {
  /** Whether every watched kind was listed once. Until then decisions are "unchanged". */
  readonly synced: boolean;
  namespace(name: string): NamespaceView | undefined;
  limitRanges(namespace: string): readonly LimitRangeView[];
  quotas(namespace: string): readonly QuotaView[];
  /** What else controls the requests of a workload. */
  autoscalers(workload: WorkloadKey): AutoscalerView;
  readonly owners: OwnerLookup;
  node(name: string): NodeView | undefined;
  nodes(): Iterable<NodeView>;
  /** The largest allocatable of any schedulable node of an operating system ('linux'), per resource; undefined without nodes. */
  largestNode(operatingSystem: string): PerResource<number> | undefined;
  pods(): Iterable<PodView>;
  /** Called for each pod that is bound, changed or gone (`after` undefined), and with both undefined after a relist. */
  onPodChange(listener: (before: PodView | undefined, after: PodView | undefined) => void): void;
}

export interface NamespaceView {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Only those under barograph.dev/ and slo.barograph.dev/. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** Millicores and bytes; absent where the LimitRange says nothing. From items of type Container and Pod. */
export interface LimitRangeView {
  readonly name: string;
  readonly type: 'Container' | 'Pod';
  readonly min: Partial<PerResource<number>>;
  readonly max: Partial<PerResource<number>>;
  readonly maxLimitRequestRatio: Partial<PerResource<number>>;
}

/** What a ResourceQuota still allows: hard less used, for the keys that were set. */
export interface QuotaView {
  readonly name: string;
  /** What a pod must be for the quota to count it, all of it; without scopes it counts every pod. */
  readonly scopes?: readonly QuotaScope[];
  readonly headroom: Readonly<
    Partial<Record<'requests.cpu' | 'requests.memory' | 'limits.cpu' | 'limits.memory', number>>
  >;
  /** What is left of storage, by the quota's keys (`requests.storage`, `fast.storageclass.storage.k8s.io/persistentvolumeclaims`). */
  readonly storage?: Readonly<Record<string, number>>;
  readonly resourceVersion: string;
}

/** `name` is the API's: Terminating, NotTerminating, BestEffort, NotBestEffort, PriorityClass, …; `values` are of PriorityClass alone. */
export interface QuotaScope {
  readonly name: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values: readonly string[];
}

export interface AutoscalerView {
  /** Resources on which a HorizontalPodAutoscaler scales by utilisation; a container name, or '' for the whole pod. */
  readonly hpa: readonly { readonly resource: Resource; readonly container: string }[];
  /** Resources that a VerticalPodAutoscaler with an update mode other than Off controls; containers it leaves out are in `except`. */
  readonly vpa: readonly { readonly resource: Resource; readonly except: readonly string[] }[];
}

export interface NodeView {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly allocatable: PerResource<number>;
  readonly schedulable: boolean;
  readonly ready: boolean;
  /** What else it is reached by: addresses and host names. */
  readonly addresses?: readonly string[];
}

/** A pod that is not finished. */
export interface PodView {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly node: string | undefined;
  readonly workload: WorkloadKey | undefined;
  readonly containers: readonly PodContainerView[];
  readonly priority: number;
  readonly createdSeconds: number;
  /** When it was bound to its node, unix seconds (PodScheduled condition), else undefined. */
  readonly scheduledSeconds: number | undefined;
  /** The annotation barograph.dev/decision. */
  readonly decision: string | undefined;
}

export interface PodContainerView {
  readonly name: string;
  readonly requests: PerResource<number>;
}
