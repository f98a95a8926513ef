import { sharedBytes, sharedIntegers } from './shared-memory.ts';

/** What an index is made of. */
export interface NameData {
  /** In turn the hash of a name and its index + 1, which is 0 where the slot is free. */
  readonly slots: Int32Array;
  /** Name i is bytes[starts[i], starts[i + 1]). */
  readonly starts: Int32Array;
  readonly bytes: Uint8Array;
}

/**
 * Finds the index of a node by the bytes of its name: a hash of the bytes, a table with open addressing, then the bytes themselves are compared.
 * Names of any length and number; the first of two equal names is the one found.
 */
export class NameIndex {
  /** In shared memory: another thread makes its index of it at once. */
  readonly data: NameData;
  /** Whether no name holds anything but printable ASCII without quotes and backslashes: what is equal to one stands in JSON as it is. */
  readonly isPlain: boolean;
  readonly #slots: Int32Array;
  readonly #starts: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(names: readonly string[] | NameData) {
    this.data = 'slots' in names ? names : emptyData(names);
    this.#slots = this.data.slots;
    this.#starts = this.data.starts;
    this.#bytes = this.data.bytes;
    this.#view = viewOf(this.#bytes);
    this.isPlain = this.#bytes.every((byte) => isPlainByte(byte));
    if ('slots' in names) return;
    let start = 0;
    for (const [index, name] of names.entries()) {
      const end = start + Buffer.byteLength(name, 'utf8');
      this.#starts[index + 1] = end;
      this.#insert(index, start, end);
      start = end;
    }
  }

  /** How many names it was made of. */
  get size(): number {
    return this.#starts.length - 1;
  }

  /** The index of a name, or -1. */
  indexOf(name: string): number {
    const bytes = Buffer.from(name, 'utf8');
    return this.find(viewOf(bytes), 0, bytes.length);
  }

  /** The name of that index; an empty text when there is none. */
  nameAt(index: number): string {
    if (!(index >= 0 && index < this.size)) return '';
    const { buffer, byteOffset } = this.#bytes;
    const start = this.#starts[index] ?? 0;
    return Buffer.from(buffer, byteOffset + start, (this.#starts[index + 1] ?? 0) - start).toString('utf8');
  }

  /** The index of the name that stands at [start, end) of a view, or -1. */
  find(view: DataView, start: number, end: number): number {
    const hash = hashOf(view, start, end);
    const mask = this.#slots.length - 1;
    for (let slot = placeOf(hash) & mask; ; slot = (slot + 2) & mask) {
      const index = (this.#slots[slot + 1] ?? 0) - 1;
      if (index < 0) return -1;
      if (this.#slots[slot] === hash && this.#isAt(index, view, start, end)) return index;
    }
  }

  #insert(index: number, start: number, end: number): void {
    if (this.find(this.#view, start, end) >= 0) return;
    const hash = hashOf(this.#view, start, end);
    const mask = this.#slots.length - 1;
    let slot = placeOf(hash) & mask;
    while (this.#slots[slot + 1] !== 0) slot = (slot + 2) & mask;
    this.#slots[slot] = hash;
    this.#slots[slot + 1] = index + 1;
  }

  /** Compared four bytes at a time; the last four may be compared twice in part. */
  #isAt(index: number, view: DataView, start: number, end: number): boolean {
    const own = this.#starts[index] ?? 0;
    const length = end - start;
    if ((this.#starts[index + 1] ?? 0) - own !== length) return false;
    if (length < 4) {
      for (let at = 0; at < length; at += 1)
        if (view.getUint8(start + at) !== this.#view.getUint8(own + at)) return false;
      return true;
    }
    for (let at = 0; at + 4 <= length; at += 4) {
      if (view.getInt32(start + at, true) !== this.#view.getInt32(own + at, true)) return false;
    }
    return view.getInt32(end - 4, true) === this.#view.getInt32(own + length - 4, true);
  }
}

/** A view of bytes of which words are read where they stand. */
export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

const [quote, backslash] = [0x22, 0x5c];

/** Printable ASCII but the quote and the backslash. */
export function isPlainByte(byte: number): boolean {
  return byte >= 0x20 && byte <= 0x7e && byte !== quote && byte !== backslash;
}

function emptyData(names: readonly string[]): NameData {
  return {
    slots: sharedIntegers(2 * 2 ** Math.ceil(Math.log2(2 * names.length + 2))),
    starts: sharedIntegers(names.length + 1),
    bytes: sharedBytes(Buffer.from(names.join(''), 'utf8')),
  };
}

const prime = 0x9e3779b1 | 0;

/** Four bytes at a time, the last four perhaps again in part: as many steps as a name has words. */
function hashOf(view: DataView, start: number, end: number): number {
  let hash = Math.imul(end - start, prime);
  if (end - start < 4) {
    for (let at = start; at < end; at += 1) hash = mixed(hash, view.getUint8(at));
    return hash;
  }
  for (let at = start; at + 4 <= end; at += 4) hash = mixed(hash, view.getInt32(at, true));
  return mixed(hash, view.getInt32(end - 4, true));
}

function mixed(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, prime);
  return product ^ (product >>> 15);
}

/** Slots are pairs. */
function placeOf(hash: number): number {
  return (hash ^ (hash >>> 16)) << 1;
}
