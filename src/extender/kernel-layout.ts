import type { NameData } from './name-index.ts';
import { rowLength } from './summary-row.ts';

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
/** A call names each node of the fleet at most once; some that the Outlook does not know may come on top, and the pod stands before them. */
const spare = 1.25;
const leastSpareBytes = 2 ** 16;

export function layoutOf(names: NameData, pieceBytes: number, steps: number, threads: number): KernelLayout {
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
