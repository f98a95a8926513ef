import { isPlainByte, type NameIndex, viewOf } from './name-index.ts';
import { growPlaces, type NamePlaces } from './name-places.ts';
import type { TableKernel } from './table-kernel.ts';

/** A names-only call as kube-scheduler writes it, read without parsing the names. */
export interface BytesCall extends Envelope {
  readonly places: NamePlaces;
}

const head = Buffer.from('{"Pod":{', 'latin1');
const between = Buffer.from(',"Nodes":null,"NodeNames":[', 'latin1');
const [quote, comma, backslash, open, close, closeList, newline] = [0x22, 0x2c, 0x5c, 0x7b, 0x7d, 0x5d, 0x0a];

// By byte, 1 where it stands in JSON as it is; behind the end of a body there is a zero.
const isPlain = Uint8Array.from({ length: 256 }, (_, byte) => (isPlainByte(byte) ? 1 : 0));

/** A call as kube-scheduler writes it, whose names nobody has looked at. */
export interface Envelope {
  readonly pod: unknown;
  readonly body: Buffer;
  /** The list with its brackets: body[listStart, listEnd). */
  readonly listStart: number;
  readonly listEnd: number;
}

/** Where the list begins, behind the pod of `{"Pod":{…},"Nodes":null,"NodeNames":[`, and where the pod ends; undefined for any other shape. */
function findList(body: Buffer): { readonly podEnd: number; readonly listStart: number } | undefined {
  if (!startsAt(body, 0, head)) return undefined;
  const podEnd = endOfObject(body, head.length - 1);
  if (podEnd < 0 || !startsAt(body, podEnd, between)) return undefined;
  return { podEnd, listStart: podEnd + between.length - 1 };
}

/**
 * Reads a call without its names, for an answer that repeats them as they came; that they are plain texts is looked at, which they are is not. Undefined for
 * any other shape.
 */
export function readEnvelope(body: Buffer): Envelope | undefined {
  const found = findList(body);
  if (found === undefined) return undefined;
  const end = body[body.length - 1] === newline ? body.length - 1 : body.length;
  const { podEnd, listStart } = found;
  if (body[end - 1] !== close || body[end - 2] !== closeList) return undefined;
  if (!isPlainList(body, listStart, end - 1)) return undefined;
  const pod = parseSlice(body, head.length - 1, podEnd);
  return pod === undefined ? undefined : { pod, body, listStart, listEnd: end - 1 };
}

/** Whether body[start, end) is `[` texts of printable ASCII without escapes, with commas between them, `]`. */
function isPlainList(body: Buffer, start: number, end: number): boolean {
  const last = end - 1;
  let at = start + 1;
  if (at === last) return true;
  for (;;) {
    if (body[at] !== quote) return false;
    at += 1;
    while (isPlain[body[at] ?? 0] === 1) at += 1;
    if (body[at] !== quote || at >= last) return false;
    at += 1;
    if (at === last) return true;
    if (body[at] !== comma) return false;
    at += 1;
  }
}

/**
 * Reads `{"Pod":{…},"Nodes":null,"NodeNames":["a",…]}` in one pass over its bytes; only the pod's slice is parsed. Undefined for any other shape,
 * valid or not (white space, other keys, escapes or anything but ASCII in a name): the plain way then says what it is. The names are put into the places of
 * the kernel that is given, or into `own`.
 */
export function readBytesCall(
  body: Buffer,
  index: NameIndex | undefined,
  own: NamePlaces,
  kernel?: TableKernel,
): BytesCall | undefined {
  const found = findList(body);
  if (found === undefined) return undefined;
  const { podEnd, listStart } = found;
  let places = kernel?.places ?? own;
  let listEnd = kernel?.readNames(body, listStart + 1) ?? -1;
  if (listEnd < 0) {
    places = own;
    listEnd = readNames(body, listStart + 1, index, own);
  }
  if (listEnd < 0 || body[listEnd] !== close || !endsAt(body, listEnd + 1)) return undefined;
  const pod = parseSlice(body, head.length - 1, podEnd);
  return pod === undefined ? undefined : { pod, body, places, listStart, listEnd };
}

function startsAt(body: Buffer, at: number, text: Buffer): boolean {
  return body.length >= at + text.length && body.compare(text, 0, text.length, at, at + text.length) === 0;
}

/** Go's encoder ends what it writes with a newline. */
function endsAt(body: Buffer, at: number): boolean {
  return at === body.length || (at + 1 === body.length && body[at] === newline);
}

/** The position behind the object that begins at `at`, by its braces outside texts; -1 when it does not end. */
function endOfObject(body: Buffer, start: number): number {
  let depth = 0;
  for (let at = start; at < body.length; at += 1) {
    const byte = body[at];
    if (byte === quote) {
      at = endOfText(body, at + 1);
      if (at < 0) return -1;
    } else if (byte === open) {
      depth += 1;
    } else if (byte === close) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}

function endOfText(body: Buffer, start: number): number {
  for (let at = start; at < body.length; at += 1) {
    const byte = body[at];
    if (byte === quote) return at;
    if (byte === backslash) at += 1;
  }
  return -1;
}

/** Reads names from behind the opening bracket; the position behind the closing one, or -1. */
function readNames(body: Buffer, start: number, index: NameIndex | undefined, places: NamePlaces): number {
  places.count = 0;
  if (body[start] === closeList) return start + 1;
  const view = viewOf(body);
  let length = 0;
  for (let at = start; body[at] === quote; at += 1) {
    const first = at + 1;
    let end = first + length;
    let node = findGuessed(index, body, view, first, end);
    if (node < 0) {
      end = endOfName(body, first);
      if (end < 0) return -1;
      node = index?.find(view, first, end) ?? -1;
    }
    keepPlace(places, first, end, node);
    length = end - first;
    at = end + 1;
    if (body[at] === closeList) return at + 1;
    if (body[at] !== comma) return -1;
  }
  return -1;
}

/** Most names of a fleet are of one length: what equals a name of the index there, and a quote behind it, needs no look for its end. */
function findGuessed(index: NameIndex | undefined, body: Buffer, view: DataView, start: number, end: number): number {
  return end > start && body[end] === quote && index?.isPlain === true ? index.find(view, start, end) : -1;
}

/** The position of the quote behind a name, or -1 when it is not plain ASCII. */
function endOfName(body: Buffer, start: number): number {
  let at = start;
  while (isPlain[body[at] ?? 0] === 1) at += 1;
  return body[at] === quote ? at : -1;
}

function keepPlace(places: NamePlaces, start: number, end: number, node: number): void {
  if (places.count === places.starts.length) growPlaces(places, places.count + 1);
  places.starts[places.count] = start;
  places.ends[places.count] = end;
  places.indices[places.count] = node;
  places.count += 1;
}

function parseSlice(body: Buffer, start: number, end: number): unknown {
  try {
    return JSON.parse(body.toString('utf8', start, end));
  } catch {
    return undefined;
  }
}
