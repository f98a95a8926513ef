import type { Connection } from '../cluster/connection.ts';
import { fieldsOf, textOf } from '../cluster/fields.ts';
import { listAll } from '../cluster/list.ts';
import { type Owned, ownersOf, projectOwner } from '../cluster/project-owner.ts';
import { type OwnedObject, type WorkloadKey, workloadOf } from '../core/workload.ts';
import { guessWorkload } from './guess-workload.ts';

/** What the metrics API does not say of a pod. */
export interface PodPlace {
  readonly workload: WorkloadKey;
  readonly node: string | undefined;
}

const hashLabel = 'pod-template-hash';
/**
 * The workloads and nodes of pods, by lists of the API server that are read again when a pod is not in them, but not more often than every
 * `refreshSeconds`: lists are long. Meanwhile pods are told from their names.
 */
export class PodWorkloads {
  readonly #connection: Connection;
  readonly #refreshSeconds: number;
  #places = new Map<string, PodPlace>();
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(connection: Connection, refreshSeconds: number) {
    this.#connection = connection;
    this.#refreshSeconds = refreshSeconds;
  }

  /** Reads the lists when one of the pods is new. Throws CLUSTER_UNREACHABLE. */
  async learn(pods: Iterable<string>, signal: AbortSignal): Promise<void> {
    if (performance.now() - this.#readAt < this.#refreshSeconds * 1000) return;
    for (const pod of pods) {
      if (this.#places.get(pod)?.node !== undefined) continue;
      await this.#read(signal);
      return;
    }
  }

  /** A guess from its name where nothing is known. */
  placeOf(namespace: string, pod: string): PodPlace {
    return this.#places.get(`${namespace}/${pod}`) ?? { workload: guessWorkload(namespace, pod), node: undefined };
  }

  async #read(signal: AbortSignal): Promise<void> {
    const owners = new Map([
      ...(await this.#owners('ReplicaSet', '/apis/apps/v1/replicasets', signal)),
      ...(await this.#owners('Job', '/apis/batch/v1/jobs', signal)),
    ]);
    const pods = await listAll({ path: '/api/v1/pods' }, this.#connection, signal, (object) => {
      const workload = workloadOf(ownedOf(object), ({ namespace, kind, name }) =>
        owners.get(`${kind} ${namespace}/${name}`),
      );
      const node = textOf(fieldsOf(fieldsOf(object).spec).nodeName);
      return workload === undefined ? undefined : { workload, node };
    });
    this.#readAt = performance.now();
    if (pods.kind === 'listed') this.#places = pods.items;
  }

  async #owners(kind: string, path: string, signal: AbortSignal): Promise<[string, Owned][]> {
    const listed = await listAll({ path, metadataOnly: true }, this.#connection, signal, projectOwner);
    return listed.kind === 'listed' ? Array.from(listed.items, ([name, owned]) => [`${kind} ${name}`, owned]) : [];
  }
}

function ownedOf(object: unknown): OwnedObject {
  const { namespace, name, labels } = fieldsOf(fieldsOf(object).metadata);
  const hash = textOf(fieldsOf(labels)[hashLabel]);
  return {
    namespace: textOf(namespace) ?? '',
    name: textOf(name),
    labels: hash === undefined ? undefined : { [hashLabel]: hash },
    owners: ownersOf(object),
  };
}
