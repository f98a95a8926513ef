/**
 * Finds the index of a node by the bytes of its name: a hash of the bytes, a table with open addressing, then the bytes themselves are compared.
 * Names of any length and number; the first of two equal names is the one found.
 */
export class NameIndex {
  readonly #slots: Int32Array;
  readonly #hashes: Int32Array;
  readonly #starts: Int32Array;
  readonly #bytes: Buffer;

  constructor(names: readonly string[]) {
    this.#bytes = Buffer.from(names.join(''), 'utf8');
    this.#starts = new Int32Array(names.length + 1);
    this.#hashes = new Int32Array(names.length);
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * names.length + 2)));
    let start = 0;
    for (const [index, name] of names.entries()) {
      const end = start + Buffer.byteLength(name, 'utf8');
      this.#starts[index + 1] = end;
      this.#insert(index, start, end);
      start = end;
    }
  }

  /** The index of the name that stands in bytes[start, end), whose hash (hashOf) is given, or -1. */
  findBytes(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = spread(hash) & mask; ; slot = (slot + 1) & mask) {
      const index = (this.#slots[slot] ?? 0) - 1;
      if (index < 0) return -1;
      if (this.#hashes[index] === hash && this.#isAt(index, bytes, start, end)) return index;
    }
  }

  #insert(index: number, start: number, end: number): void {
    const hash = hashOf(this.#bytes, start, end);
    if (this.findBytes(this.#bytes, start, end, hash) >= 0) return;
    this.#hashes[index] = hash;
    const mask = this.#slots.length - 1;
    let slot = spread(hash) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = index + 1;
  }

  #isAt(index: number, bytes: Uint8Array, start: number, end: number): boolean {
    const own = this.#starts[index] ?? 0;
    if ((this.#starts[index + 1] ?? 0) - own !== end - start) return false;
    for (let at = start; at < end; at += 1) {
      if (bytes[at] !== this.#bytes[own + at - start]) return false;
    }
    return true;
  }
}

/** FNV-1a begins with this; each byte goes in by hashByte. */
export const hashStart = 0x811c9dc5 | 0;

export function hashByte(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193);
}

export function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = hashStart;
  for (let at = start; at < end; at += 1) hash = hashByte(hash, bytes[at] ?? 0);
  return hash;
}

// The low bits of FNV see too little of the first bytes.
function spread(hash: number): number {
  return hash ^ (hash >>> 15);
}
