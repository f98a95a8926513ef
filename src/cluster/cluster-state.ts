import type { Clock } from '../core/clock.ts';
import { BarographError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { PerResource } from '../core/resource.ts';
import { type OwnerLookup, type WorkloadKey, workloadId } from '../core/workload.ts';
import { type Connection, type ConnectionOptions, openConnection, readBody } from './connection.ts';
import { Groups, namespaceOf } from './groups.ts';
import { largestNodes } from './largest-node.ts';
import { refusal } from './list.ts';
import { PodIndex, type PodListener } from './pod-index.ts';
import { type Autoscaler, projectHpa, projectVpa } from './project-autoscaler.ts';
import { projectLimitRange } from './project-limit-range.ts';
import { projectNamespace } from './project-namespace.ts';
import { type NodeRecord, projectNode } from './project-node.ts';
import { type Owned, projectOwner } from './project-owner.ts';
import { type PodRecord, projectPod } from './project-pod.ts';
import { projectQuota } from './project-quota.ts';
import { Reflector, type ReflectorCounts, type ReflectorOptions } from './reflector.ts';
import type {
  AutoscalerView,
  ClusterView,
  LimitRangeView,
  NamespaceView,
  NodeView,
  PodView,
  QuotaView,
} from './view.ts';

export interface ClusterStateOptions extends ConnectionOptions {
  readonly logger: Logger;
  readonly clock: Clock;
  /** In [0, 1): spreads waits and the lengths of watches. */
  readonly random?: () => number;
  /** How long until a kind that the cluster lacks (VerticalPodAutoscaler) is asked for again. */
  readonly retryAbsentSeconds?: number;
}

export type WatchedKind =
  | 'namespaces'
  | 'limitRanges'
  | 'quotas'
  | 'hpas'
  | 'vpas'
  | 'nodes'
  | 'pods'
  | 'replicaSets'
  | 'jobs';

export interface KindCounts extends ReflectorCounts {
  readonly synced: boolean;
  readonly items: number;
}

/**
 * Opens the API server with a kubeconfig, or from within the cluster, and asks it one thing, so that wrong credentials show at once. Nothing is
 * watched until start(). Throws CLUSTER_UNREACHABLE when there are no credentials, the server does not answer, or it refuses them; later failures
 * are logged and tried again for ever.
 */
export async function connectCluster(options: ClusterStateOptions): Promise<ClusterState> {
  const connection = openConnection(options);
  await probe(connection);
  return new ClusterState(connection, options);
}

const probeSeconds = 10;

async function probe(connection: Connection): Promise<void> {
  const path = '/api/v1/namespaces?limit=1';
  try {
    const signal = AbortSignal.timeout(probeSeconds * 1000);
    const response = await connection.get({ path, accept: 'application/json', signal, idleSeconds: probeSeconds });
    const body = await readBody(response);
    if (response.statusCode !== 200) throw refusal(path, response.statusCode ?? 0, body);
  } catch (cause) {
    const message = `expected the Kubernetes API at ${connection.server}`;
    throw new BarographError('CLUSTER_UNREACHABLE', message, { cause });
  }
}

const nothingControlled: AutoscalerView = { hpa: [], vpa: [] };
const defaultRetryAbsentSeconds = 180;

/** The cluster as admission and scheduling see it: nine watches into memory, of each object only what is read here. */
export class ClusterState implements ClusterView {
  /** The API server that is watched. */
  readonly connection: Connection;
  readonly owners: OwnerLookup;
  readonly #namespaces: Reflector<NamespaceView>;
  readonly #limitRanges: Reflector<readonly LimitRangeView[]>;
  readonly #quotas: Reflector<QuotaView>;
  readonly #hpas: Reflector<Autoscaler>;
  readonly #vpas: Reflector<Autoscaler>;
  readonly #nodes: Reflector<NodeRecord>;
  readonly #pods: Reflector<PodRecord>;
  readonly #replicaSets: Reflector<Owned>;
  readonly #jobs: Reflector<Owned>;
  readonly #limitRangesByNamespace = new Groups<readonly LimitRangeView[]>(namespaceOf);
  readonly #quotasByNamespace = new Groups<QuotaView>(namespaceOf);
  readonly #hpasByWorkload = new Groups<Autoscaler>((_, { workload }) => workloadId(workload));
  readonly #vpasByWorkload = new Groups<Autoscaler>((_, { workload }) => workloadId(workload));
  readonly #podIndex: PodIndex;
  readonly #whenSynced = Promise.withResolvers<void>();
  #largestNodes: ReadonlyMap<string, PerResource<number>> | undefined;

  constructor(connection: Connection, options: ClusterStateOptions) {
    const { logger, clock, random = Math.random } = options;
    const retryAbsentSeconds = options.retryAbsentSeconds ?? defaultRetryAbsentSeconds;
    const kind = <T>(own: KindOptions<T>): Reflector<T> =>
      new Reflector<T>({
        connection,
        logger,
        clock,
        random,
        ...own,
        onReplace: () => {
          own.onReplace?.();
          if (this.synced) this.#whenSynced.resolve();
        },
      });
    const grouped = <T>(groups: Groups<T>, items: () => ReadonlyMap<string, T>): Hooks<T> => ({
      onChange: (key, before, after) => groups.change(key, before, after),
      onReplace: () => groups.replace(items()),
    });

    this.connection = connection;
    this.owners = (key) => this.#owner(key);
    this.#podIndex = new PodIndex(this.owners, logger);
    this.#namespaces = kind({ path: '/api/v1/namespaces', project: projectNamespace });
    this.#limitRanges = kind({
      path: '/api/v1/limitranges',
      project: projectLimitRange,
      ...grouped(this.#limitRangesByNamespace, () => this.#limitRanges.items),
    });
    this.#quotas = kind({
      path: '/api/v1/resourcequotas',
      project: projectQuota,
      ...grouped(this.#quotasByNamespace, () => this.#quotas.items),
    });
    this.#hpas = kind({
      path: '/apis/autoscaling/v2/horizontalpodautoscalers',
      project: projectHpa,
      ...grouped(this.#hpasByWorkload, () => this.#hpas.items),
    });
    this.#vpas = kind({
      path: '/apis/autoscaling.k8s.io/v1/verticalpodautoscalers',
      project: projectVpa,
      retryAbsentSeconds,
      ...grouped(this.#vpasByWorkload, () => this.#vpas.items),
    });
    const nodesChanged = (): void => {
      this.#largestNodes = undefined;
    };
    this.#nodes = kind({
      path: '/api/v1/nodes',
      project: projectNode,
      onChange: nodesChanged,
      onReplace: nodesChanged,
    });
    this.#pods = kind({
      path: '/api/v1/pods',
      query: `fieldSelector=${encodeURIComponent('status.phase!=Succeeded,status.phase!=Failed')}`,
      project: (object) => projectPod(object, this.owners),
      onChange: (_, before, after) => this.#podIndex.change(before, after),
      onReplace: () => this.#podIndex.replace(this.#pods.items.values()),
    });
    const owner = (path: string, ownerKind: string): Reflector<Owned> =>
      kind({
        path,
        metadataOnly: true,
        project: projectOwner,
        onChange: (key, _, after) => {
          if (after !== undefined) this.#podIndex.ownerKnown(ownerKind, key);
        },
        onReplace: () => this.#podIndex.ownersKnown(),
      });
    this.#replicaSets = owner('/apis/apps/v1/replicasets', 'ReplicaSet');
    this.#jobs = owner('/apis/batch/v1/jobs', 'Job');
  }

  start(): void {
    for (const reflector of this.#reflectors()) reflector.start();
  }

  /** Resolves when every kind was listed once; rejects with the signal's reason. */
  async whenSynced(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const aborted = Promise.withResolvers<never>();
    const abort = (): void => aborted.reject(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    try {
      await Promise.race([this.#whenSynced.promise, aborted.promise]);
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Ends all watches; what is known stays readable. */
  async close(): Promise<void> {
    await Promise.all(this.#reflectors().map((reflector) => reflector.close()));
  }

  get synced(): boolean {
    return this.#reflectors().every((reflector) => reflector.synced);
  }

  get counts(): Readonly<Record<WatchedKind, KindCounts>> {
    const entries = Object.entries(this.#byKind()).map(([name, { counts, synced, items }]) => [
      name,
      { ...counts, synced, items: items.size },
    ]);
    return Object.fromEntries(entries) as Record<WatchedKind, KindCounts>;
  }

  namespace(name: string): NamespaceView | undefined {
    return this.#namespaces.items.get(name);
  }

  limitRanges(namespace: string): readonly LimitRangeView[] {
    return this.#limitRangesByNamespace.get(namespace).flat();
  }

  quotas(namespace: string): readonly QuotaView[] {
    return this.#quotasByNamespace.get(namespace);
  }

  autoscalers(workload: WorkloadKey): AutoscalerView {
    const id = workloadId(workload);
    const all = [...this.#hpasByWorkload.get(id), ...this.#vpasByWorkload.get(id)];
    if (all.length === 0) return nothingControlled;
    return { hpa: all.flatMap(({ hpa }) => hpa), vpa: all.flatMap(({ vpa }) => vpa) };
  }

  node(name: string): NodeView | undefined {
    return this.#nodes.items.get(name)?.view;
  }

  *nodes(): Generator<NodeView> {
    for (const { view } of this.#nodes.items.values()) yield view;
  }

  largestNode(operatingSystem: string): PerResource<number> | undefined {
    this.#largestNodes ??= largestNodes(this.#nodes.items.values());
    return this.#largestNodes.get(operatingSystem);
  }

  *pods(): Generator<PodView> {
    for (const { view } of this.#pods.items.values()) yield view;
  }

  onPodChange(listener: PodListener): void {
    this.#podIndex.listen(listener);
  }

  #owner(key: WorkloadKey): Owned | undefined {
    if (key.kind !== 'ReplicaSet' && key.kind !== 'Job') return undefined;
    const owners = key.kind === 'Job' ? this.#jobs : this.#replicaSets;
    return owners.items.get(`${key.namespace}/${key.name}`);
  }

  #byKind(): Readonly<Record<WatchedKind, Reflector<unknown>>> {
    return {
      namespaces: this.#namespaces,
      limitRanges: this.#limitRanges,
      quotas: this.#quotas,
      hpas: this.#hpas,
      vpas: this.#vpas,
      nodes: this.#nodes,
      pods: this.#pods,
      replicaSets: this.#replicaSets,
      jobs: this.#jobs,
    } as Readonly<Record<WatchedKind, Reflector<unknown>>>;
  }

  #reflectors(): readonly Reflector<unknown>[] {
    return Object.values(this.#byKind());
  }
}

type Hooks<T> = Pick<ReflectorOptions<T>, 'onChange' | 'onReplace'>;

type KindOptions<T> = Omit<ReflectorOptions<T>, 'connection' | 'logger' | 'clock' | 'random'>;
