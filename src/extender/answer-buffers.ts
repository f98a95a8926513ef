/**
 * Buffers for large answers, used again when they were sent: memory that is warm in the processor's cache, and no work for the garbage collector. What is
 * not given back is collected as any other buffer.
 */
export class AnswerBuffers {
  readonly #free: ArrayBuffer[] = [];
  readonly #own = new WeakSet<ArrayBufferLike>();

  /** A buffer of so many bytes, at the start of its memory; what is in it is left over from before. */
  take(bytes: number): Buffer {
    if (bytes < leastBytes) return Buffer.allocUnsafeSlow(bytes);
    const at = this.#free.findIndex(({ byteLength }) => byteLength >= bytes && byteLength <= mostSpare * bytes);
    const [memory] = at < 0 ? [this.#made(bytes)] : this.#free.splice(at, 1);
    return Buffer.from(memory ?? this.#made(bytes), 0, bytes);
  }

  /** Takes a buffer back; any other than one of take() is left alone. */
  giveBack({ buffer }: Buffer): void {
    if (!this.#own.has(buffer) || this.#free.length >= mostFree) return;
    if (buffer instanceof ArrayBuffer && !this.#free.includes(buffer)) this.#free.push(buffer);
  }

  #made(bytes: number): ArrayBuffer {
    const { buffer } = Buffer.allocUnsafeSlow(Math.ceil(bytes / roundBytes) * roundBytes);
    this.#own.add(buffer);
    return buffer as ArrayBuffer;
  }
}

// Below it malloc is as fast.
const leastBytes = 8 * 2 ** 10;
const roundBytes = 16 * 2 ** 10;
const mostFree = 16;
// A small answer must not hold the memory of the largest.
const mostSpare = 8;
