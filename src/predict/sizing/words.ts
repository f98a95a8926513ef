import { BarographError } from '../../core/errors.ts';

/** 16-bit numbers as bytes, little-endian as every machine that Node runs on. */
export function packWords(words: Uint16Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}

/** The inverse of packWords; copies. Throws OUTLOOK_INVALID when half a number is there. */
export function unpackWords(bytes: Uint8Array = new Uint8Array(0)): Uint16Array {
  if (bytes.byteLength % 2 !== 0) {
    throw new BarographError('OUTLOOK_INVALID', 'the state of a demand cannot be used: a part is cut');
  }
  const copy = new Uint8Array(bytes.byteLength);
  copy.set(bytes);
  return new Uint16Array(copy.buffer);
}
