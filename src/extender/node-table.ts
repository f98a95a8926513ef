import type { NodeView } from '../cluster/view.ts';
import type { Outlook } from '../core/outlook.ts';
import { type PerResource, type Resource, resources } from '../core/resource.ts';
import { NameIndex } from './name-index.ts';
import type { Moments, PodLoad } from './pod-load.ts';

/** What a summary row holds of one resource of one node, over the steps that are left. */
export const rowFields = 5;
/** targetUtilisation × allocatable; 0 while the node is not known. */
export const roomField = 0;
export const peakMeanField = 1;
export const lowMeanField = 2;
export const peakVarianceField = 3;
/** Mean of the load as a share of the room. */
export const averageField = 4;
/** Numbers per node: cpu, then memory. */
export const rowLength = 2 * rowFields;

type LookUpNode = (name: string) => NodeView | undefined;

/**
 * The load of every node of an Outlook over its horizon, as matrices of nodes × steps, and a row per node that sums it up. Pods are added and taken away.
 * No object per node: 100,000 nodes of 24 steps are 77 MB.
 */
export class NodeTable {
  readonly names: readonly string[];
  readonly index: NameIndex;
  readonly steps: number;
  readonly load: PerResource<Moments>;
  /** Zero where the cluster does not know the node (yet), or its forecast is unusable. */
  readonly allocatable: PerResource<Float64Array>;
  readonly rows: Float64Array;
  readonly #byName = new Map<string, number>();
  readonly #unusable: Uint8Array;
  readonly #target: number;
  readonly #node: LookUpNode;
  #fromStep = 0;
  #unknown = 0;

  constructor(outlook: Outlook, targetUtilisation: number, node: LookUpNode) {
    const { names, mean, variance } = outlook.nodes;
    this.names = names;
    this.index = new NameIndex(names);
    this.steps = outlook.steps;
    const size = names.length * outlook.steps;
    const moments = (resource: Resource): Moments => ({
      mean: sized(mean[resource], size),
      variance: sized(variance[resource], size),
    });
    this.load = { cpu: moments('cpu'), memory: moments('memory') };
    this.allocatable = { cpu: new Float64Array(names.length), memory: new Float64Array(names.length) };
    this.rows = new Float64Array(names.length * rowLength);
    this.#unusable = new Uint8Array(names.length);
    this.#target = targetUtilisation;
    this.#node = node;
    this.#markUnusable();
    for (const [index, name] of names.entries()) {
      if (!this.#byName.has(name)) this.#byName.set(name, index);
      if (!this.#learn(index)) this.#unknown += 1;
    }
  }

  /** The index of a node, or -1. */
  indexOf(name: string): number {
    return this.#byName.get(name) ?? -1;
  }

  get fromStep(): number {
    return this.#fromStep;
  }

  /** Adds a pod to a node (`times` 1) or takes it away (-1). */
  add(node: number, load: PodLoad, times: 1 | -1): void {
    this.#accumulate(node, load, times);
    this.#sumUp(node);
  }

  /** Adds many pods, and sums up once. */
  addAll(pods: Iterable<{ readonly index: number; readonly load: PodLoad }>): void {
    for (const { index, load } of pods) this.#accumulate(index, load, 1);
    this.#sumUpAll();
  }

  #accumulate(node: number, load: PodLoad, times: 1 | -1): void {
    const base = node * this.steps;
    for (const resource of resources) {
      const { mean, variance } = this.load[resource];
      for (let step = 0; step < this.steps; step += 1) {
        mean[base + step] = (mean[base + step] ?? 0) + times * (load[resource].mean[step] ?? 0);
        // Adding and taking away may leave a rounding error below zero.
        const left = (variance[base + step] ?? 0) + times * (load[resource].variance[step] ?? 0);
        variance[base + step] = Math.max(0, left);
      }
    }
  }

  /** Leaves the steps before `step` out of the rows from now on. */
  lookFrom(step: number): void {
    if (step === this.#fromStep) return;
    this.#fromStep = step;
    this.#sumUpAll();
  }

  #sumUpAll(): void {
    for (let node = 0; node < this.names.length; node += 1) this.#sumUp(node);
  }

  /** Asks the cluster again for nodes of a call that it did not know before: a watch may have been behind. */
  learn(indices: Int32Array, count: number): void {
    if (this.#unknown === 0) return;
    for (let at = 0; at < count; at += 1) {
      const index = indices[at] ?? -1;
      if (index >= 0 && this.allocatable.cpu[index] === 0 && this.#learn(index)) this.#unknown -= 1;
    }
  }

  #learn(index: number): boolean {
    const found = this.#unusable[index] === 1 ? undefined : this.#node(this.names[index] ?? '');
    if (found === undefined || !(found.allocatable.cpu > 0) || !(found.allocatable.memory > 0)) return false;
    this.allocatable.cpu[index] = found.allocatable.cpu;
    this.allocatable.memory[index] = found.allocatable.memory;
    this.#sumUp(index);
    return true;
  }

  #markUnusable(): void {
    for (const resource of resources) {
      for (const values of [this.load[resource].mean, this.load[resource].variance]) {
        for (let at = 0; at < values.length; at += 1) {
          if (!Number.isFinite(values[at])) this.#unusable[Math.floor(at / this.steps)] = 1;
        }
      }
    }
  }

  #sumUp(node: number): void {
    for (const [place, resource] of resources.entries()) {
      const room = this.#target * (this.allocatable[resource][node] ?? 0);
      const { mean, variance } = this.load[resource];
      const end = (node + 1) * this.steps;
      let [peak, low, widest, sum] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 0, 0];
      for (let at = node * this.steps + this.#fromStep; at < end; at += 1) {
        const value = mean[at] ?? 0;
        peak = Math.max(peak, value);
        low = Math.min(low, value);
        widest = Math.max(widest, variance[at] ?? 0);
        sum += value;
      }
      const row = node * rowLength + place * rowFields;
      this.rows[row + roomField] = room;
      this.rows[row + peakMeanField] = peak;
      this.rows[row + lowMeanField] = low;
      this.rows[row + peakVarianceField] = widest;
      this.rows[row + averageField] = room > 0 ? sum / (this.steps - this.#fromStep) / room : 0;
    }
  }
}

/** A copy of the right size: what is missing is not a number, which makes the node unusable. */
function sized(values: Float32Array, size: number): Float64Array {
  const copy = new Float64Array(size).fill(Number.NaN);
  copy.set(values.subarray(0, size));
  return copy;
}
