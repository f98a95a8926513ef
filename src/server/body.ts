import type { IncomingMessage } from 'node:http';

export type BodyOutcome =
  | { readonly kind: 'whole'; readonly body: Buffer }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'busy' }
  /** The client went away before the end. */
  | { readonly kind: 'aborted' };

// Almost every pod is below it.
const largeBytes = 2 ** 20;

/** Bytes of bodies that may be under way together, so that many large requests cannot take all memory. */
export class BodyBudget {
  readonly #isMemoryShort: () => boolean;
  #leftBytes: number;

  constructor(bytes: number, isMemoryShort: () => boolean = () => false) {
    this.#leftBytes = bytes;
    this.#isMemoryShort = isMemoryShort;
  }

  get leftBytes(): number {
    return this.#leftBytes;
  }

  /** Whether a body of so many bytes, as far as that is known, had better not be read: what it is parsed to takes several times as much. */
  refuses(bytes: number): boolean {
    return bytes >= largeBytes && this.#isMemoryShort();
  }

  take(bytes: number): boolean {
    if (bytes > this.#leftBytes) return false;
    this.#leftBytes -= bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#leftBytes += bytes;
  }
}

/**
 * Reads a request's body as it is and calls `done` once; what it took of the budget it gives back when `done` is over. A body that announces its length goes
 * into one buffer of that length (or stays the chunk it came in), a chunked one is put together at its end.
 */
export function takeBody(
  request: IncomingMessage,
  limitBytes: number,
  budget: BodyBudget,
  done: (outcome: BodyOutcome) => void | Promise<void>,
): void {
  const announced = announcedBytes(request);
  if (announced !== undefined && announced > limitBytes) {
    done({ kind: 'too-large' });
    return;
  }
  if (budget.refuses(announced ?? 0)) {
    done({ kind: 'busy' });
    return;
  }
  const parts = announced === undefined ? new Chunks() : new Preallocated(announced);
  let takenBytes = 0;
  const onChunk = (chunk: Buffer): void => {
    if (takenBytes + chunk.length > limitBytes) finish({ kind: 'too-large' });
    else if (!budget.take(chunk.length)) finish({ kind: 'busy' });
    else {
      takenBytes += chunk.length;
      parts.add(chunk);
    }
  };
  const onEnd = (): void => finish({ kind: 'whole', body: parts.whole() });
  const onGone = (): void => finish({ kind: 'aborted' });
  const finish = (outcome: BodyOutcome): void => {
    request.off('data', onChunk).off('end', onEnd).off('close', onGone);
    const later = done(outcome);
    if (later === undefined) budget.giveBack(takenBytes);
    else void later.finally(() => budget.giveBack(takenBytes));
  };
  // An aborted request emits an error, which nobody needs to see, and then closes.
  request.on('error', () => undefined);
  request.on('data', onChunk).on('end', onEnd).on('close', onGone);
}

interface Parts {
  add(chunk: Buffer): void;
  whole(): Buffer;
}

class Chunks implements Parts {
  readonly #chunks: Buffer[] = [];

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  whole(): Buffer {
    const [first] = this.#chunks;
    return first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks);
  }
}

class Preallocated implements Parts {
  readonly #bytes: number;
  #buffer: Buffer | undefined;
  #filled = 0;

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  add(chunk: Buffer): void {
    if (this.#buffer === undefined && chunk.length === this.#bytes) this.#buffer = chunk;
    // Not from the pool; the pages of it that nothing was written to take no memory.
    this.#buffer ??= Buffer.allocUnsafeSlow(this.#bytes);
    if (this.#buffer !== chunk) chunk.copy(this.#buffer, this.#filled);
    this.#filled += chunk.length;
  }

  // Node's parser ends a request at its announced length or not at all.
  whole(): Buffer {
    return this.#buffer ?? Buffer.alloc(0);
  }
}

/** undefined when the body is chunked. The parser has refused what is no number, or comes with both. */
function announcedBytes({ headers }: IncomingMessage): number | undefined {
  if (headers['transfer-encoding'] !== undefined) return undefined;
  return Number(headers['content-length'] ?? 0);
}
