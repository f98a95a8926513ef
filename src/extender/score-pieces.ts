import { highestScore } from './score-range.ts';
import { sharedBytes, sharedIntegers } from './shared-memory.ts';

/**
 * The pieces that an answer to prioritize is put together from, cut to whole words of four bytes, so that they are copied word by word: for each node
 * `{"Host":"…","Score":` behind as many spaces as it takes, for each score its digits and `},`. JSON does not mind the spaces.
 */
export interface ScorePieces {
  readonly words: Int32Array;
  /** Piece i is words[starts[i], starts[i + 1]). */
  readonly starts: Int32Array;
}

/** Made once for a fleet, in memory that all threads see. */
export function scorePieces(names: readonly string[]): ScorePieces {
  const texts = names.map((name) => hostPiece(JSON.stringify(name)));
  const starts = sharedIntegers(names.length + 1);
  for (const [index, text] of texts.entries()) {
    starts[index + 1] = (starts[index] ?? 0) + Buffer.byteLength(text, 'utf8') / wordBytes;
  }
  const bytes = sharedBytes(Buffer.from(texts.join(''), 'utf8'));
  return { words: new Int32Array(bytes.buffer), starts };
}

/** The same pieces without the spaces: piece i is bytes[starts[i], starts[i + 1]). */
export function compactPieces({ words, starts }: ScorePieces): {
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
} {
  const padded = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  const bytes = new Uint8Array(padded.length);
  const compact = new Int32Array(starts.length);
  let end = 0;
  for (let index = 0; index + 1 < starts.length; index += 1) {
    let from = (starts[index] ?? 0) * wordBytes;
    const to = (starts[index + 1] ?? 0) * wordBytes;
    while (padded[from] === space) from += 1;
    for (; from < to; from += 1) bytes[end++] = padded[from] ?? 0;
    compact[index + 1] = end;
  }
  return { bytes: bytes.subarray(0, end), starts: compact };
}

const space = ' '.charCodeAt(0);
export const wordBytes = 4;

/** `{"Host":NAME,"Score":` with leading spaces up to a whole word. */
function hostPiece(quotedName: string): string {
  const text = `{"Host":${quotedName},"Score":`;
  const bytes = Buffer.byteLength(text, 'utf8');
  return ' '.repeat((wordBytes - (bytes % wordBytes)) % wordBytes) + text;
}

/** The end of a node's piece for each score. */
export const scoreWords = wordsOf(
  Array.from({ length: highestScore + 1 }, (_, score) => `${String(score).padStart(2)}},`).join(''),
);
/** `[` as a word, and what closes the list instead of the last comma. */
export const openingWord = wordsOf('[   ');
export const closing = ']'.charCodeAt(0);

function wordsOf(text: string): Int32Array {
  const bytes = new Uint8Array(Buffer.from(text, 'utf8'));
  return new Int32Array(bytes.buffer, 0, bytes.length / wordBytes);
}
