import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { Placement } from '../core/decision.ts';
import type { TableFrame } from './load-table.ts';
import type { BoundKey, Placed } from './placements.ts';
import type { FromReader, KnownLoad, ReaderSeat, ToReader, UnownedParts } from './reader-messages.ts';
import { sharedIntegers } from './shared-memory.ts';

/** What a thread that reads asks the state for. */
export type ReaderMessage =
  | { readonly kind: 'load'; readonly parts: UnownedParts; answer(known: KnownLoad | undefined): void }
  | Exclude<FromReader, { kind: 'load' | 'placed' }>;

export interface ThreadsOptions {
  readonly onPlaced: (decisionId: string, placement: Placement) => void;
  readonly onMessage: (message: ReaderMessage) => void;
}

/** The threads beside the one that writes. */
export interface OtherThreads {
  /** A seat for one more thread. */
  seat(threads: number): ReaderSeat;
  /** The thread of a seat is gone. */
  leave(seat: ReaderSeat): void;
}

interface Reader {
  readonly seat: ReaderSeat;
  readonly port: MessagePort;
}

/** A pod that was bound, and the readers that have not said yet what they know of it. */
interface Asked {
  readonly waiting: Set<Reader>;
  best: Placed | undefined;
}

const refreshMilliseconds = 1000;
/** In the memory that seats share: the number of the newest frame, and whether a disk is in danger. */
const [newestAt, troubledAt] = [0, 1];

/** Gives tables to the threads that read, and asks them what only they know. */
export class Threads implements OtherThreads {
  readonly #options: ThreadsOptions;
  readonly #readers = new Set<Reader>();
  readonly #newest = sharedIntegers(2);
  readonly #asked = new Map<number, Asked>();
  #frame: TableFrame | undefined;
  #ids = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ThreadsOptions) {
    this.#options = options;
  }

  seat(threads: number): ReaderSeat {
    const { port1, port2 } = new MessageChannel();
    const seat: ReaderSeat = { port: port2, newest: this.#newest, threads, thread: this.#freeNumber() };
    const reader: Reader = { seat, port: port1 };
    this.#readers.add(reader);
    port1.on('message', (message: FromReader) => this.#hear(reader, message));
    port1.unref();
    if (this.#frame !== undefined) send(port1, { kind: 'frame', frame: this.#frame });
    this.#timer ??= setInterval(() => this.#options.onMessage({ kind: 'behind' }), refreshMilliseconds).unref();
    return seat;
  }

  #freeNumber(): number {
    const taken = new Set([...this.#readers].map(({ seat }) => seat.thread));
    let number = 1;
    while (taken.has(number)) number += 1;
    return number;
  }

  leave(seat: ReaderSeat): void {
    for (const reader of this.#readers) {
      if (reader.seat !== seat) continue;
      this.#readers.delete(reader);
      reader.port.close();
      for (const id of [...this.#asked.keys()]) this.#heardPlaced(reader, id, undefined);
    }
  }

  /** Every thread answers from this frame from its next call on. */
  publish(frame: TableFrame): void {
    this.#frame = frame;
    for (const { port } of this.#readers) send(port, { kind: 'frame', frame });
    // After it was sent: whoever sees the number finds the frame in its port.
    Atomics.store(this.#newest, newestAt, frame.number);
  }

  /** Whether calls for pods with volumes are the writer's: only it knows what their disks are. */
  set troubled(troubled: boolean) {
    Atomics.store(this.#newest, troubledAt, Number(troubled));
  }

  /** Tells of a placement what the thread knows that scored it last; `own` is what this one knows. */
  placed(bound: BoundKey, own: Placed | undefined): void {
    if (this.#readers.size === 0) {
      this.#tell(own);
      return;
    }
    this.#ids += 1;
    this.#asked.set(this.#ids, { waiting: new Set(this.#readers), best: own });
    for (const { port } of this.#readers) send(port, { kind: 'placed', id: this.#ids, bound });
  }

  /** Asks for the pods of which scores are remembered: some of them may have been bound unseen. */
  askKeys(): void {
    for (const { port } of this.#readers) send(port, { kind: 'keys' });
  }

  close(): void {
    clearInterval(this.#timer);
    for (const { seat } of [...this.#readers]) this.leave(seat);
  }

  #hear(reader: Reader, message: FromReader): void {
    if (message.kind === 'placed') this.#heardPlaced(reader, message.id, message.placed);
    else if (message.kind === 'load') {
      const answer = (known: KnownLoad | undefined): void => send(reader.port, { kind: 'load', id: message.id, known });
      this.#options.onMessage({ kind: 'load', parts: message.parts, answer });
    } else this.#options.onMessage(message);
  }

  #heardPlaced(reader: Reader, id: number, placed: Placed | undefined): void {
    const asked = this.#asked.get(id);
    if (asked === undefined || !asked.waiting.delete(reader)) return;
    if (placed !== undefined && !(placed.atSeconds < (asked.best?.atSeconds ?? Number.NEGATIVE_INFINITY))) {
      asked.best = placed;
    }
    if (asked.waiting.size > 0) return;
    this.#asked.delete(id);
    this.#tell(asked.best);
  }

  #tell(placed: Placed | undefined): void {
    if (placed !== undefined) this.#options.onPlaced(placed.decisionId, placed.placement);
  }
}

function send(port: MessagePort, message: ToReader): void {
  port.postMessage(message);
}
