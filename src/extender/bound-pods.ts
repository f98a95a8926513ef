import type { PodView } from '../cluster/view.ts';
import type { NodeTable } from './node-table.ts';
import type { PodLoad } from './pod-load.ts';
import type { WorkloadLoads } from './workload-loads.ts';

interface BoundPod {
  pod: PodView;
  readonly node: string;
  readonly boundSeconds: number;
  /** What was added to the table for it, and where; undefined when it is part of the table's own forecast. */
  added: { readonly index: number; readonly load: PodLoad } | undefined;
}

/** What pods are added to. */
export interface LoadTarget {
  readonly table: NodeTable;
  readonly loads: WorkloadLoads;
  /** Pods bound later than this are not in the table's own forecast. -Infinity when no tracked pod is. */
  readonly afterSeconds: number;
}

/** Pods on nodes, each added to the table once and taken away as it was added. */
export class BoundPods {
  #pods = new Map<string, BoundPod>();
  #target: LoadTarget | undefined;
  #listed = false;

  /** A pod that is bound, changed or gone. `nowSeconds` is taken as the time of its binding, when it is new. */
  change(before: PodView | undefined, after: PodView | undefined, nowSeconds: number): void {
    const known = this.#known(after ?? before);
    if (known !== undefined && after !== undefined && this.#isSame(known, after)) {
      known.pod = after;
      return;
    }
    // A pod of the same name under another uid is another pod.
    for (const pod of [before, after]) if (pod !== undefined) this.#remove(keyOf(pod));
    if (after !== undefined) this.#insert(after, known?.boundSeconds ?? nowSeconds);
  }

  /**
   * Reads all pods anew, into `target`. `isWhole` says whether they are all there is: those of the first whole list were bound when the API server says,
   * unless that lies ahead of our own clock, as it does in a replay of the past; later ones when they are first seen.
   */
  rebuild(pods: Iterable<PodView>, target: LoadTarget | undefined, nowSeconds: number, isWhole: boolean): void {
    const known = this.#pods;
    this.#pods = new Map();
    this.#target = target;
    for (const pod of pods) {
      if (pod.node === undefined) continue;
      const key = keyOf(pod);
      const atFirst = this.#listed ? nowSeconds : Math.min(nowSeconds, pod.scheduledSeconds ?? pod.createdSeconds);
      const boundSeconds = known.get(key)?.boundSeconds ?? atFirst;
      const added = this.#addition(pod, pod.node, boundSeconds);
      this.#pods.set(key, { pod, node: pod.node, boundSeconds, added });
    }
    target?.table.addAll(this.#additions());
    this.#listed ||= isWhole;
  }

  /** The forecast load of a pod by its uid; undefined when it is not on a node. */
  loadOf(uid: string): PodLoad | undefined {
    const found = this.#pods.get(uid);
    return found === undefined ? undefined : (found.added?.load ?? this.#target?.loads.of(found.pod));
  }

  get size(): number {
    return this.#pods.size;
  }

  #known(pod: PodView | undefined): BoundPod | undefined {
    return pod === undefined ? undefined : this.#pods.get(keyOf(pod));
  }

  /** Most changes are of a pod's status, and change nothing here. */
  #isSame({ node, added }: BoundPod, pod: PodView): boolean {
    return node === pod.node && (added === undefined || added.load === this.#target?.loads.of(pod));
  }

  *#additions(): Generator<{ index: number; load: PodLoad }> {
    for (const { added } of this.#pods.values()) if (added !== undefined) yield added;
  }

  #insert(pod: PodView, boundSeconds: number): void {
    if (pod.node === undefined) return;
    const added = this.#addition(pod, pod.node, boundSeconds);
    if (added !== undefined) this.#target?.table.add(added.index, added.load, 1);
    this.#pods.set(keyOf(pod), { pod, node: pod.node, boundSeconds, added });
  }

  #addition(pod: PodView, node: string, boundSeconds: number): BoundPod['added'] {
    if (this.#target === undefined || boundSeconds <= this.#target.afterSeconds) return undefined;
    const index = this.#target.table.indexOf(node);
    return index < 0 ? undefined : { index, load: this.#target.loads.of(pod) };
  }

  #remove(key: string): BoundPod | undefined {
    const found = this.#pods.get(key);
    if (found === undefined) return undefined;
    this.#pods.delete(key);
    if (found.added !== undefined) this.#target?.table.add(found.added.index, found.added.load, -1);
    return found;
  }
}

function keyOf(pod: PodView): string {
  return pod.uid === '' ? `${pod.namespace}/${pod.name}` : pod.uid;
}
