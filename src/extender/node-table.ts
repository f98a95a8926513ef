import type { NodeView } from '../cluster/view.ts';
import type { Outlook } from '../core/outlook.ts';
import { type PerResource, type Resource, resources } from '../core/resource.ts';
import { Kernel } from './kernel.ts';
import type { KernelMemory } from './kernel-memory.ts';
import type { LoadTable } from './load-table.ts';
import { NameIndex } from './name-index.ts';
import type { Moments, PodLoad } from './pod-load.ts';
import { leastRefused } from './refuse.ts';
import { sharedFloats, sharedSingles } from './shared-memory.ts';
import {
  averageField,
  lowMeanField,
  peakMeanField,
  peakVarianceField,
  roomField,
  rowFields,
  rowLength,
} from './summary-row.ts';
import { TableLock } from './table-lock.ts';

type LookUpNode = (name: string) => NodeView | undefined;

/**
 * The table of an Outlook, in shared memory, and all that changes it: pods are added and taken away, nodes are learned, steps end. One thread writes,
 * any number read. No object per node: 100,000 nodes of 24 steps are 77 MB here and 38 MB for those that read.
 */
export class NodeTable implements LoadTable {
  readonly names: readonly string[];
  readonly index: NameIndex;
  readonly steps: number;
  /** What the pairs are rounded from; adding and taking away in them would let errors grow. */
  readonly load: PerResource<Moments>;
  readonly pairs: PerResource<Float32Array>;
  readonly allocatable: PerResource<Float64Array>;
  readonly lock: TableLock;
  rows: Float32Array;
  least = sharedFloats(1);
  fromStep = 0;
  readonly kernel: Kernel | undefined;
  /** Where the pairs and rows are, if not in memory of their own. */
  readonly space: KernelMemory | undefined;
  readonly #unusable: Uint8Array;
  readonly #target: number;
  readonly #node: LookUpNode;
  #unknown = 0;

  /** `known` is the index of the same names, where there is one; `space` is a kernel's memory of them. */
  constructor(outlook: Outlook, targetUtilisation: number, node: LookUpNode, known?: NameIndex, space?: KernelMemory) {
    const { names, mean, variance } = outlook.nodes;
    this.names = names;
    this.index = known ?? new NameIndex(names);
    this.steps = outlook.steps;
    this.lock = new TableLock(names.length);
    const size = names.length * outlook.steps;
    const moments = (resource: Resource): Moments => ({
      mean: sized(mean[resource], size),
      variance: sized(variance[resource], size),
    });
    this.load = { cpu: moments('cpu'), memory: moments('memory') };
    this.space = space;
    this.kernel = space && Kernel.of(space.frame, writersThread);
    this.pairs = space?.pairs ?? { cpu: sharedSingles(2 * size), memory: sharedSingles(2 * size) };
    this.allocatable = { cpu: sharedFloats(names.length), memory: sharedFloats(names.length) };
    this.rows = this.#nextRows(names.length * rowLength);
    this.#unusable = new Uint8Array(names.length);
    this.#target = targetUtilisation;
    this.#node = node;
    this.#markUnusable();
    this.least[0] = Number.POSITIVE_INFINITY;
    for (let node = 0; node < names.length; node += 1) this.#round(node);
    for (let index = 0; index < names.length; index += 1) if (!this.#learn(index)) this.#unknown += 1;
  }

  /** The index of a node, or -1. */
  indexOf(name: string): number {
    return this.index.indexOf(name);
  }

  /** Adds a pod to a node (`times` 1) or takes it away (-1). */
  add(node: number, load: PodLoad, times: 1 | -1): void {
    this.lock.change(node, () => {
      this.#accumulate(node, load, times);
      this.#sumUp(node);
    });
  }

  /** Adds many pods, and sums up once: before the table is published. */
  addAll(pods: Iterable<{ readonly index: number; readonly load: PodLoad }>): void {
    for (const { index, load } of pods) this.#accumulate(index, load, 1);
    this.#sumUpAll();
  }

  /** Leaves the steps before `step` out from now on; whether that is another step than before. Rows that others read stay as they are. */
  lookFrom(step: number): boolean {
    if (step === this.fromStep) return false;
    this.fromStep = step;
    this.rows = this.#nextRows(this.rows.length);
    this.least = sharedFloats(1);
    this.#sumUpAll();
    return true;
  }

  #nextRows(length: number): Float32Array {
    if (this.space === undefined) return sharedSingles(length);
    const rows = this.space.nextRows();
    this.kernel?.look(this.space.frame.rowSet, this.fromStep);
    return rows;
  }

  /** Asks the cluster again for nodes of a call that it did not know before: a watch may have been behind. */
  learn(indices: Int32Array, count: number): void {
    if (this.#unknown === 0) return;
    for (let at = 0; at < count; at += 1) this.#learnAgain(indices[at] ?? -1);
  }

  /** Asks the cluster again for all nodes that it did not know. */
  learnAll(): void {
    if (this.#unknown === 0) return;
    for (let index = 0; index < this.names.length; index += 1) this.#learnAgain(index);
  }

  #learnAgain(index: number): void {
    if (index >= 0 && this.allocatable.cpu[index] === 0 && this.#learn(index)) this.#unknown -= 1;
  }

  #learn(index: number): boolean {
    const found = this.#unusable[index] === 1 ? undefined : this.#node(this.names[index] ?? '');
    if (found === undefined || !(found.allocatable.cpu > 0) || !(found.allocatable.memory > 0)) return false;
    this.lock.change(index, () => {
      this.allocatable.cpu[index] = found.allocatable.cpu;
      this.allocatable.memory[index] = found.allocatable.memory;
      this.#sumUp(index);
    });
    return true;
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
    this.#round(node);
  }

  #round(node: number): void {
    for (const resource of resources) {
      const { mean, variance } = this.load[resource];
      const pairs = this.pairs[resource];
      for (let at = node * this.steps; at < (node + 1) * this.steps; at += 1) {
        pairs[2 * at] = mean[at] ?? 0;
        pairs[2 * at + 1] = variance[at] ?? 0;
      }
    }
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

  #sumUpAll(): void {
    this.least[0] = Number.POSITIVE_INFINITY;
    for (let node = 0; node < this.names.length; node += 1) this.#sumUp(node);
  }

  #sumUp(node: number): void {
    const { rows } = this;
    for (const [place, resource] of resources.entries()) {
      const room = this.#target * (this.allocatable[resource][node] ?? 0);
      const { mean, variance } = this.load[resource];
      const end = (node + 1) * this.steps;
      let [peak, low, widest, sum] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 0, 0];
      for (let at = node * this.steps + this.fromStep; at < end; at += 1) {
        const value = mean[at] ?? 0;
        peak = Math.max(peak, value);
        low = Math.min(low, value);
        widest = Math.max(widest, variance[at] ?? 0);
        sum += value;
      }
      const row = node * rowLength + place * rowFields;
      rows[row + roomField] = room;
      rows[row + peakMeanField] = peak;
      rows[row + lowMeanField] = low;
      rows[row + peakVarianceField] = widest;
      rows[row + averageField] = room > 0 ? sum / (this.steps - this.fromStep) / room : 0;
    }
    // What is taken away raises it again when all rows are summed up the next time: until then it is too low, which costs time and nothing else.
    this.least[0] = Math.min(this.least[0] ?? 0, leastRefused(this, node));
  }
}

/** The thread that follows the cluster; the others count on from it. */
const writersThread = 0;

/** A copy of the right size: what is missing is not a number, which makes the node unusable. */
function sized(values: Float32Array, size: number): Float64Array {
  const copy = new Float64Array(size).fill(Number.NaN);
  copy.set(values.subarray(0, size));
  return copy;
}
