import { hashByte, hashStart, type NameIndex } from './name-index.ts';

/** Where the names of a call stand in its body, and which nodes of the table they are. Reused from call to call. */
export interface NamePlaces {
  count: number;
  /** Position of the first byte of each name, and of the quote behind it. */
  starts: Int32Array;
  ends: Int32Array;
  /** Index in the table, or -1. */
  indices: Int32Array;
}

/** A names-only call as kube-scheduler writes it, read without parsing the names. */
export interface BytesCall {
  readonly pod: unknown;
  readonly body: Buffer;
  readonly places: NamePlaces;
  /** The list with its brackets: body[listStart, listEnd). */
  readonly listStart: number;
  readonly listEnd: number;
}

const head = Buffer.from('{"Pod":{', 'latin1');
const between = Buffer.from(',"Nodes":null,"NodeNames":[', 'latin1');
const [quote, comma, backslash, open, close, closeList, newline] = [0x22, 0x2c, 0x5c, 0x7b, 0x7d, 0x5d, 0x0a];

// Printable ASCII but the quote and the backslash; behind the end of a body there is a zero.
const isPlain = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x20 && byte <= 0x7e && byte !== quote && byte !== backslash ? 1 : 0,
);

export function createPlaces(size = 1024): NamePlaces {
  return { count: 0, starts: new Int32Array(size), ends: new Int32Array(size), indices: new Int32Array(size) };
}

/**
 * Reads `{"Pod":{…},"Nodes":null,"NodeNames":["a",…]}` in one pass over its bytes; only the pod's slice is parsed. Undefined for any other shape,
 * valid or not (white space, other keys, escapes or anything but ASCII in a name): the plain way then says what it is.
 */
export function readBytesCall(body: Buffer, index: NameIndex | undefined, places: NamePlaces): BytesCall | undefined {
  if (!startsAt(body, 0, head)) return undefined;
  const podStart = head.length - 1;
  const podEnd = endOfObject(body, podStart);
  if (podEnd < 0 || !startsAt(body, podEnd, between)) return undefined;
  const listStart = podEnd + between.length - 1;
  const listEnd = readNames(body, listStart + 1, index, places);
  if (listEnd < 0 || body[listEnd] !== close || !endsAt(body, listEnd + 1)) return undefined;
  const pod = parseSlice(body, podStart, podEnd);
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
  for (let at = start; body[at] === quote; at += 1) {
    const end = readName(body, at + 1, index, places);
    if (end < 0) return -1;
    at = end + 1;
    if (body[at] === closeList) return at + 1;
    if (body[at] !== comma) return -1;
  }
  return -1;
}

/** Reads the name that begins at `start` and keeps where it is; the position of the quote behind it, or -1 when it is not plain ASCII. */
function readName(body: Buffer, start: number, index: NameIndex | undefined, places: NamePlaces): number {
  let hash = hashStart;
  let at = start;
  for (let byte = body[at] ?? 0; isPlain[byte] === 1; byte = body[at] ?? 0) {
    hash = hashByte(hash, byte);
    at += 1;
  }
  if (body[at] !== quote) return -1;
  growPlaces(places, places.count + 1);
  places.starts[places.count] = start;
  places.ends[places.count] = at;
  places.indices[places.count] = index === undefined ? -1 : index.findBytes(body, start, at, hash);
  places.count += 1;
  return at;
}

/** Makes room for at least so many names; what is there stays. */
export function growPlaces(places: NamePlaces, least: number): void {
  if (least <= places.starts.length) return;
  const size = Math.max(least, 2 * places.starts.length);
  for (const key of ['starts', 'ends', 'indices'] as const) {
    const larger = new Int32Array(size);
    larger.set(places[key]);
    places[key] = larger;
  }
}

function parseSlice(body: Buffer, start: number, end: number): unknown {
  try {
    return JSON.parse(body.toString('utf8', start, end));
  } catch {
    return undefined;
  }
}
