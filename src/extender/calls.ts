import type { NameIndex } from './name-index.ts';
import { growPlaces, type NamePlaces } from './name-places.ts';
import { type NodeCall, readNodeCall } from './request.ts';
import { type BytesCall, readBytesCall } from './request-bytes.ts';
import type { TableKernel } from './table-kernel.ts';

/** A call to filter or prioritize, read by its bytes or, in any other shape, as a whole. Its nodes' indices are in the places. */
export type Call =
  | { readonly kind: 'bytes'; readonly pod: unknown; readonly places: NamePlaces; readonly bytes: BytesCall }
  | { readonly kind: 'whole'; readonly pod: unknown; readonly places: NamePlaces; readonly whole: NodeCall };

/** Reads a body into `places`, or into the kernel's. Throws REQUEST_INVALID. */
export function readCall(body: Buffer, index: NameIndex | undefined, places: NamePlaces, kernel?: TableKernel): Call {
  const bytes = readBytesCall(body, index, places, kernel);
  if (bytes !== undefined) return { kind: 'bytes', pod: bytes.pod, places: bytes.places, bytes };
  const whole = readNodeCall(body);
  growPlaces(places, whole.names.length);
  places.count = whole.names.length;
  for (const [place, name] of whole.names.entries()) places.indices[place] = index?.indexOf(name) ?? -1;
  return { kind: 'whole', pod: whole.pod, places, whole };
}
