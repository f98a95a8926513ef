import type { AnswerBuffers } from './answer-buffers.ts';
import type { NamePlaces } from './name-places.ts';
import type { BytesCall, Envelope } from './request-bytes.ts';
import { closing, openingWord, type ScorePieces, scoreWords, wordBytes } from './score-pieces.ts';
import type { TableKernel } from './table-kernel.ts';

/** The HostPriorityList of a names-only call; `pieces` are those of the table that the call's indices mean. */
export function priorityBytes(
  { body, places }: BytesCall,
  score: Uint8Array,
  pieces: ScorePieces | undefined,
  buffers: AnswerBuffers,
): Buffer {
  if (places.count === 0) return Buffer.from('[]');
  const answer = buffers.take(sizeOf(places, pieces));
  const words = new Int32Array(answer.buffer, 0, answer.length / wordBytes);
  words[0] = openingWord[0] ?? 0;
  let at = 1;
  for (let place = 0; place < places.count; place += 1) {
    const index = places.indices[place] ?? -1;
    at =
      index >= 0 && pieces !== undefined
        ? copyPiece(words, at, pieces, index)
        : writeName(answer, at, body, places.starts[place] ?? 0, places.ends[place] ?? 0);
    words[at] = scoreWords[score[place] ?? 0] ?? 0;
    at += 1;
  }
  answer[answer.length - 1] = closing;
  return answer;
}

/** The same by the kernel that read the call; undefined when that cannot. */
export function kernelBytes({ places }: BytesCall, kernel: TableKernel, buffers: AnswerBuffers): Buffer | undefined {
  if (places !== kernel.places || places.count === 0) return undefined;
  const bytes = kernel.answer();
  if (bytes === undefined) return undefined;
  const answer = buffers.take(bytes.length);
  answer.set(bytes);
  return answer;
}

function sizeOf(places: NamePlaces, pieces: ScorePieces | undefined): number {
  let words = 1 + places.count;
  for (let place = 0; place < places.count; place += 1) {
    const index = places.indices[place] ?? -1;
    if (index >= 0 && pieces !== undefined) words += (pieces.starts[index + 1] ?? 0) - (pieces.starts[index] ?? 0);
    else words += unknownWords((places.ends[place] ?? 0) - (places.starts[place] ?? 0));
  }
  return words * wordBytes;
}

// What stands around a name that is plain ASCII, which needs no escapes.
const before = Buffer.from('{"Host":"', 'latin1');
const behind = Buffer.from('","Score":', 'latin1');
const space = ' '.charCodeAt(0);

function unknownWords(nameBytes: number): number {
  return Math.ceil((before.length + nameBytes + behind.length) / wordBytes);
}

function copyPiece(words: Int32Array, at: number, pieces: ScorePieces, index: number): number {
  const end = pieces.starts[index + 1] ?? 0;
  let to = at;
  for (let from = pieces.starts[index] ?? 0; from < end; from += 1) {
    words[to] = pieces.words[from] ?? 0;
    to += 1;
  }
  return to;
}

/** A name that is in no table is taken from the request, byte by byte: before the first Outlook that is every name. */
function writeName(answer: Buffer, at: number, body: Buffer, start: number, end: number): number {
  const behindWords = at + unknownWords(end - start);
  let to = at * wordBytes;
  const first = behindWords * wordBytes - (before.length + end - start + behind.length);
  while (to < first) answer[to++] = space;
  for (const byte of before) answer[to++] = byte;
  for (let from = start; from < end; from += 1) answer[to++] = body[from] ?? 0;
  for (const byte of behind) answer[to++] = byte;
  return behindWords;
}

const filterHead = Buffer.from('{"NodeNames":', 'latin1');
const filterEnd = Buffer.from(',"FailedNodes":{},"FailedAndUnresolvableNodes":{},"Error":""}', 'latin1');

/** The ExtenderFilterResult that keeps every node. */
export function echoBytes({ body, listStart, listEnd }: Envelope, buffers: AnswerBuffers): Buffer {
  const answer = buffers.take(filterHead.length + listEnd - listStart + filterEnd.length);
  filterHead.copy(answer, 0);
  body.copy(answer, filterHead.length, listStart, listEnd);
  filterEnd.copy(answer, filterHead.length + listEnd - listStart);
  return answer;
}

/** The ExtenderFilterResult: the request's own bytes, as a whole or in runs between the refused names. `refused` holds places, ascending. */
export function filterBytes(
  call: BytesCall,
  refused: readonly number[],
  failures: Failures,
  buffers: AnswerBuffers,
): Buffer {
  const { body, places } = call;
  if (refused.length === 0) return echoBytes(call, buffers);
  const parts: Buffer[] = [filterHead, Buffer.from('[')];
  let from = 0;
  const keep = (to: number): void => {
    if (to <= from) return;
    if (parts.length > 2) parts.push(Buffer.from(','));
    // With the quotes around them.
    parts.push(body.subarray((places.starts[from] ?? 0) - 1, (places.ends[to - 1] ?? 0) + 1));
  };
  for (const place of refused) {
    keep(place);
    from = place + 1;
  }
  keep(places.count);
  parts.push(Buffer.from(`],${failureFields(failures)}`));
  return Buffer.concat(parts);
}

/** Reasons by node, as they go into an answer. */
export interface Failures {
  readonly failed: ReadonlyMap<string, string>;
  readonly unresolvable: ReadonlyMap<string, string>;
}

/** The fields of an ExtenderFilterResult behind its nodes, with the closing brace. */
export function failureFields({ failed, unresolvable }: Failures): string {
  const [some, never] = [failed, unresolvable].map((map) => JSON.stringify(Object.fromEntries(map)));
  return `"FailedNodes":${some},"FailedAndUnresolvableNodes":${never},"Error":""}`;
}
