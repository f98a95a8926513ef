import type { PerResource } from '../core/resource.ts';
import { type KernelFrame, type KernelLayout, layoutOf } from './kernel-layout.ts';
import type { MemoryStore } from './memory-store.ts';
import type { NameData } from './name-index.ts';
import { compactPieces, type ScorePieces } from './score-pieces.ts';
import { rowLength } from './summary-row.ts';

const pageBytes = 2 ** 16;
const mostPages = 2 ** 16;

/**
 * One memory for a fleet and its load table, and a scratch space for each thread: WebAssembly sees one memory only. What of it a
 * NodeTable fills in is here as arrays.
 */
export class KernelMemory {
  readonly memory: WebAssembly.Memory;
  readonly layout: KernelLayout;
  readonly pairs: PerResource<Float32Array>;
  readonly #rows: readonly [Float32Array, Float32Array];
  #rowSet: 0 | 1 = 0;

  private constructor(memory: WebAssembly.Memory, layout: KernelLayout, nodes: number) {
    this.memory = memory;
    this.layout = layout;
    const { buffer } = memory;
    const pairs = (at: number): Float32Array => new Float32Array(buffer, at, 2 * nodes * layout.steps);
    this.pairs = { cpu: pairs(layout.cpuPairs), memory: pairs(layout.memoryPairs) };
    const [one, other] = layout.rows.map((at) => new Float32Array(buffer, at, nodes * rowLength));
    this.#rows = [one ?? new Float32Array(), other ?? new Float32Array()];
  }

  /**
   * The memory of a fleet; one of `used` where it is large enough. Undefined where there is no room for it: nothing is lost then but speed.
   */
  static of(
    names: NameData,
    pieces: ScorePieces,
    { steps, threads, used }: { readonly steps: number; readonly threads: number; readonly used: MemoryStore },
  ): KernelMemory | undefined {
    const compact = compactPieces(pieces);
    const layout = layoutOf(names, compact.bytes.length, steps, threads);
    const memory = used.take(layout.bytes) ?? newMemory(layout.bytes);
    if (memory === undefined) return undefined;
    const { buffer } = memory;
    new Int32Array(buffer, layout.slots, names.slots.length).set(names.slots);
    new Int32Array(buffer, layout.nameStarts, names.starts.length).set(names.starts);
    new Uint8Array(buffer, layout.nameBytes, names.bytes.length).set(names.bytes);
    new Int32Array(buffer, layout.pieceStarts, compact.starts.length).set(compact.starts);
    new Uint8Array(buffer, layout.pieceBytes, compact.bytes.length).set(compact.bytes);
    return new KernelMemory(memory, layout, names.starts.length - 1);
  }

  get frame(): KernelFrame {
    return { memory: this.memory, layout: this.layout, rowSet: this.#rowSet };
  }

  /** The rows for another step than before, all zero: those of the last one stay as they are. */
  nextRows(): Float32Array {
    this.#rowSet = this.#rowSet === 0 ? 1 : 0;
    return this.#rows[this.#rowSet].fill(0);
  }
}

function newMemory(bytes: number): WebAssembly.Memory | undefined {
  const pages = Math.ceil(bytes / pageBytes);
  if (pages > mostPages) return undefined;
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  } catch {
    // A limit on addresses: RangeError.
    return undefined;
  }
}
