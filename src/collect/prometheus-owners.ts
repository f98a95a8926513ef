import { controllerOf, type OwnerReference, type WorkloadKey, workloadId, workloadOf } from '../core/workload.ts';
import { guessWorkload } from './guess-workload.ts';
import type { Series } from './prometheus-answer.ts';

export interface PodName {
  readonly namespace: string;
  readonly pod: string;
}

type Labels = Series['labels'];

/** Who controls pods, as kube-state-metrics says it. Owners do not change, so what is known is asked for only when a new pod comes. */
export class Owners {
  #pods = new Map<string, readonly OwnerReference[]>();
  readonly #controllers = new Map<string, Map<string, OwnerReference | undefined>>();

  knowsPod({ namespace, pod }: PodName): boolean {
    return this.#pods.has(`${namespace}/${pod}`);
  }

  /** Whether a controller of this kind of some of these pods is not known yet. */
  lacks(kind: string, pods: Iterable<PodName>): boolean {
    const known = this.#controllers.get(kind);
    for (const { namespace, pod } of pods) {
      const owner = controllerOf(this.#pods.get(`${namespace}/${pod}`));
      if (owner?.kind === kind && known?.has(workloadId({ namespace, kind, name: owner.name })) !== true) return true;
    }
    return false;
  }

  /** Forgets the pods before: only those of the newest stretch are kept. */
  replacePods(series: readonly Series[]): void {
    const pods = new Map<string, readonly OwnerReference[]>();
    for (const { labels } of series) {
      const owner = ownerOf(labels);
      pods.set(`${labels.namespace}/${labels.pod}`, owner === undefined ? [] : [owner]);
    }
    this.#pods = pods;
  }

  replaceControllers(kind: string, nameLabel: string, series: readonly Series[]): void {
    const found = new Map<string, OwnerReference | undefined>();
    for (const { labels } of series) {
      const { namespace = '' } = labels;
      found.set(workloadId({ namespace, kind, name: labels[nameLabel] ?? '' }), ownerOf(labels));
    }
    this.#controllers.set(kind, found);
  }

  /** The workload of a pod; a guess from its name when kube-state-metrics does not know it. */
  workloadOf({ namespace, pod }: PodName): WorkloadKey {
    const owners = this.#pods.get(`${namespace}/${pod}`);
    const guess = guessWorkload(namespace, pod);
    if (owners === undefined) return guess;
    // A ReplicaSet that is not known is read from its name as far as the pod's name has a hash at the right place.
    const hash = /-([^-]+)-[^-]+$/.exec(pod)?.[1];
    const labels = guess.kind === 'Deployment' && hash !== undefined ? { 'pod-template-hash': hash } : {};
    return workloadOf({ namespace, name: pod, labels, owners }, (key) => this.#lookup(key)) ?? guess;
  }

  #lookup(key: WorkloadKey): { readonly owner: OwnerReference | undefined } | undefined {
    const known = this.#controllers.get(key.kind);
    const id = workloadId(key);
    return known?.has(id) ? { owner: known.get(id) } : undefined;
  }
}

/** kube-state-metrics says `<none>` (before 2.0) or nothing for objects without a controller. */
function ownerOf({ owner_kind: kind, owner_name: name }: Labels): OwnerReference | undefined {
  return !kind || !name || kind === '<none>' ? undefined : { kind, name, controller: true };
}
