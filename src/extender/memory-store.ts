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
