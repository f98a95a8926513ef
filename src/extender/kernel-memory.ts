import type { PerResource } from '../core/resource.ts';
import { rowLength } from './load-table.ts';
import type { NameData } from './name-index.ts';
import { compactPieces, type ScorePieces } from './score-pieces.ts';

/** Where everything is in a kernel's memory: addresses in bytes. */
export interface KernelLayout {
  readonly slots: number;
  readonly slotMask: number;
  readonly nameStarts: number;
  readonly nameBytes: number;
  readonly pieceStarts: number;
  readonly pieceBytes: number;
  readonly cpuPairs: number;
  readonly memoryPairs: number;
  readonly steps: number;
  /** Two sets of rows: of the step that it is, and of the one before, which others may still read. */
  readonly rows: readonly [number, number];
  /** The scratch spaces of the threads, one behind the other. */
  readonly scratch: number;
  readonly threads: number;
  readonly mostPlaces: number;
  readonly mostBodyBytes: number;
  readonly mostAnswerBytes: number;
  readonly bytes: number;
}

/** What a thread needs to answer by the kernel; all of it goes through postMessage, and none of it is copied. */
export interface KernelFrame {
  readonly memory: WebAssembly.Memory;
  readonly layout: KernelLayout;
  /** Which of the two sets of rows is in use. */
  readonly rowSet: 0 | 1;
}

/** What loads of sixteen bytes may reach past the end of anything. */
const slackBytes = 64;
const pageBytes = 2 ** 16;
const mostPages = 2 ** 16;
/** A call names each node of the fleet at most once; some that the Outlook does not know may come on top, and the pod stands before them. */
const spare = 1.25;
const leastSpareBytes = 2 ** 16;

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

/**
 * Memories that are not used any more. The engine sets some gigabytes of addresses aside for each, and gives them back when the garbage of every thread
 * was collected: so they are used again, once no call can still be reading them.
 */
export class MemoryStore {
  readonly #restMilliseconds: number;
  readonly #now: () => number;
  #held: { readonly memory: WebAssembly.Memory; readonly sinceMilliseconds: number }[] = [];

  constructor(restMilliseconds = 10_000, now: () => number = () => performance.now()) {
    this.#restMilliseconds = restMilliseconds;
    this.#now = now;
  }

  give(memory: WebAssembly.Memory): void {
    this.#held = [...this.#held.slice(1 - mostHeld), { memory, sinceMilliseconds: this.#now() }];
  }

  take(bytes: number): WebAssembly.Memory | undefined {
    const before = this.#now() - this.#restMilliseconds;
    const at = this.#held.findIndex(
      ({ memory, sinceMilliseconds }) => sinceMilliseconds <= before && memory.buffer.byteLength >= bytes,
    );
    return at < 0 ? undefined : this.#held.splice(at, 1)[0]?.memory;
  }
}

const mostHeld = 3;

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

function layoutOf(names: NameData, pieceBytes: number, steps: number, threads: number): KernelLayout {
  const nodes = names.starts.length - 1;
  let end = slackBytes;
  const place = (bytes: number): number => {
    const at = end;
    end = Math.ceil((at + bytes + slackBytes) / slackBytes) * slackBytes;
    return at;
  };
  const words = (count: number): number => place(count * Int32Array.BYTES_PER_ELEMENT);
  const mostPlaces = Math.ceil(spare * nodes) + 1024;
  // Quotes and a comma around each.
  const mostBodyBytes = Math.ceil(spare * (names.bytes.length + 3 * nodes)) + leastSpareBytes;
  const mostAnswerBytes = Math.ceil(spare * (pieceBytes + 4 * nodes)) + leastSpareBytes;
  const fleet = {
    slots: words(names.slots.length),
    slotMask: names.slots.length - 1,
    nameStarts: words(names.starts.length),
    nameBytes: place(names.bytes.length),
    pieceStarts: words(nodes + 1),
    pieceBytes: place(pieceBytes),
  };
  const table = {
    cpuPairs: words(2 * nodes * steps),
    memoryPairs: words(2 * nodes * steps),
    steps,
    rows: [words(nodes * rowLength), words(nodes * rowLength)] as const,
  };
  const most = { mostPlaces, mostBodyBytes, mostAnswerBytes };
  const scratch = end;
  const bytes = scratch + threads * scratchBytes(most, steps);
  return { ...fleet, ...table, ...most, scratch, threads, bytes };
}

/** Where everything of a thread is in its scratch space, from its start on. */
export interface ScratchLayout {
  readonly starts: number;
  readonly ends: number;
  readonly indices: number;
  readonly scores: number;
  readonly probabilities: number;
  readonly cpuUses: number;
  readonly memoryUses: number;
  readonly podSteps: number;
  /** Numbers kept for the steps of each of a pod's four series. */
  readonly podRoom: number;
  readonly body: number;
  readonly answer: number;
  readonly bytes: number;
}

type Most = Pick<KernelLayout, 'mostPlaces' | 'mostBodyBytes' | 'mostAnswerBytes'>;

export function scratchLayout({ mostPlaces, mostBodyBytes, mostAnswerBytes }: Most, steps: number): ScratchLayout {
  let end = 0;
  const place = (bytes: number): number => {
    const at = end;
    end = Math.ceil((at + bytes + slackBytes) / slackBytes) * slackBytes;
    return at;
  };
  const words = (): number => place(mostPlaces * Int32Array.BYTES_PER_ELEMENT);
  const podRoom = Math.ceil(steps / 4) * 4 + 4;
  const layout = {
    starts: words(),
    ends: words(),
    indices: words(),
    scores: place(mostPlaces),
    probabilities: words(),
    cpuUses: words(),
    memoryUses: words(),
    podSteps: place(4 * podRoom * Float32Array.BYTES_PER_ELEMENT),
    podRoom,
    body: place(mostBodyBytes),
    answer: place(mostAnswerBytes),
  };
  return { ...layout, bytes: end };
}

function scratchBytes(most: Most, steps: number): number {
  return scratchLayout(most, steps).bytes;
}
