import { crc32 } from 'node:zlib';
import { BarographError } from './errors.ts';

const magic = 0x31534742; // 'BGS1'
const headBytes = 8;

/**
 * Packs the state of something with its kind and version under a checksum: magic, CRC-32 of the rest, version, kind, parts.
 * All numbers little-endian.
 */
export function frame(kind: string, version: number, parts: readonly Uint8Array[]): Uint8Array {
  const name = Buffer.from(kind, 'utf8');
  const size = headBytes + 6 + name.length + parts.reduce((sum, part) => sum + 4 + part.byteLength, 0);
  const bytes = Buffer.alloc(size);
  bytes.writeUInt32LE(magic, 0);
  bytes.writeUInt16LE(version, 8);
  bytes.writeUInt16LE(name.length, 10);
  bytes.writeUInt16LE(parts.length, 12);
  name.copy(bytes, 14);
  let at = 14 + name.length;
  for (const part of parts) {
    bytes.writeUInt32LE(part.byteLength, at);
    bytes.set(part, at + 4);
    at += 4 + part.byteLength;
  }
  bytes.writeUInt32LE(crc32(bytes.subarray(headBytes)), 4);
  return bytes;
}

/** The inverse of frame. Throws OUTLOOK_INVALID when the bytes are damaged, or of another kind or version. */
export function unframe(kind: string, version: number, bytes: Uint8Array): Uint8Array[] {
  const held = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (held.length < 14 || held.readUInt32LE(0) !== magic) throw damaged(kind, 'it does not begin as a state does');
  if (crc32(held.subarray(headBytes)) !== held.readUInt32LE(4)) throw damaged(kind, 'its checksum is wrong');
  const nameLength = held.readUInt16LE(10);
  const found = held.subarray(14, 14 + nameLength).toString('utf8');
  const foundVersion = held.readUInt16LE(8);
  if (found !== kind || foundVersion !== version) {
    throw damaged(kind, `expected version ${version}, found '${found}' version ${foundVersion}`);
  }
  const parts: Uint8Array[] = [];
  let at = 14 + nameLength;
  for (let left = held.readUInt16LE(12); left > 0; left -= 1) {
    const length = held.readUInt32LE(at);
    parts.push(held.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return parts;
}

/** The bytes of numbers, as frame takes them. */
export function packNumbers(values: Float64Array | Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** The inverse of packNumbers for Float64Array; copies, so alignment does not matter. Throws OUTLOOK_INVALID unless the length fits. */
export function unpackDoubles(kind: string, bytes: Uint8Array | undefined, expected?: number): Float64Array {
  if (bytes === undefined || bytes.byteLength % 8 !== 0) throw damaged(kind, 'a part is missing or cut');
  const values = new Float64Array(copyOf(bytes));
  if (expected !== undefined && values.length !== expected) {
    throw damaged(kind, `expected ${expected} numbers, found ${values.length}`);
  }
  return values;
}

/** The same for Float32Array. */
export function unpackFloats(kind: string, bytes: Uint8Array | undefined, expected: number): Float32Array {
  if (bytes === undefined || bytes.byteLength !== 4 * expected) throw damaged(kind, `expected ${expected} numbers`);
  return new Float32Array(copyOf(bytes));
}

function damaged(kind: string, why: string): BarographError {
  return new BarographError('OUTLOOK_INVALID', `the state of a '${kind}' cannot be used: ${why}`);
}

// A Buffer's own slice() shares memory, whatever its type says.
function copyOf(bytes: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.byteLength);
  new Uint8Array(copy).set(bytes);
  return copy;
}
