import { sharedIntegers } from './shared-memory.ts';

/**
 * What the thread that writes tables and the threads that read them agree by: a counter of all changes and one of each node, odd while a change is
 * under way. A reader takes what it read for whole when the counters are even and the same before and after (a sequence lock): it never makes the writer
 * wait, and holds nothing that a thread that dies could leave locked.
 */
export class TableLock {
  /** All changes at [0], those of node i at [i + 1]. */
  readonly counts: Int32Array;

  constructor(nodesOrCounts: number | Int32Array) {
    this.counts = typeof nodesOrCounts === 'number' ? sharedIntegers(nodesOrCounts + 1) : nodesOrCounts;
  }

  /** Changes what is kept of one node; the writer's side, from one thread only. */
  change(node: number, action: () => void): void {
    Atomics.add(this.counts, 0, 1);
    Atomics.add(this.counts, node + 1, 1);
    action();
    Atomics.add(this.counts, node + 1, 1);
    Atomics.add(this.counts, 0, 1);
  }

  /**
   * Reads the nodes of a call: all in one pass, and when anything was changed meanwhile each again on its own, until it was seen whole. Whether the one pass
   * was enough: then all numbers are of one moment, else each node's are.
   */
  read(indices: Int32Array, count: number, pass: (from: number, to: number) => void): boolean {
    const before = Atomics.load(this.counts, 0);
    pass(0, count);
    if (isWhole(this.counts, 0, before)) return true;
    for (let at = 0; at < count; at += 1) {
      const slot = (indices[at] ?? -1) + 1;
      if (slot > 0) this.#readNode(slot, at, pass);
    }
    return false;
  }

  #readNode(slot: number, at: number, pass: (from: number, to: number) => void): void {
    for (let tries = 1; ; tries += 1) {
      const before = Atomics.load(this.counts, slot);
      pass(at, at + 1);
      if (isWhole(this.counts, slot, before)) return;
      // The writer lost its processor in the middle of a change: it needs ours perhaps.
      if (tries % triesBeforeRest === 0) Atomics.wait(resting, 0, 0, restMilliseconds);
    }
  }
}

const triesBeforeRest = 100;
const restMilliseconds = 0.1;
const resting = sharedIntegers(1);
// An addition is a fence in both directions, which a load alone is not on every processor.
const fence = new Int32Array(1);

function isWhole(counts: Int32Array, slot: number, before: number): boolean {
  Atomics.add(fence, 0, 0);
  return (before & 1) === 0 && Atomics.load(counts, slot) === before;
}
