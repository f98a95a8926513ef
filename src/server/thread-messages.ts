import type { OutgoingHttpHeaders } from 'node:http';
import type { ServerLimits } from './limits.ts';
import type { Credentials } from './listener.ts';
import type { ThreadCounts } from './thread-counts.ts';

/** What a serving thread is started with, under `serving` in its workerData. */
export interface ThreadServing {
  readonly host: string;
  readonly port: number;
  readonly credentials: Credentials;
  readonly limits: ServerLimits;
  /** Hot routes that this thread does not answer itself are handed to the main thread. */
  readonly hotPaths: readonly string[];
  readonly counts: ThreadCounts;
}

/** A request that the main thread is to answer. */
export type Handed =
  | {
      readonly kind: 'hot';
      readonly id: number;
      readonly path: string;
      readonly body: Uint8Array;
      readonly deadlineMilliseconds: number | undefined;
    }
  | {
      readonly kind: 'other';
      readonly id: number;
      readonly method: string;
      readonly url: string;
      readonly headers: Readonly<Record<string, string | string[] | undefined>>;
      readonly peer: string | undefined;
    };

export type FromThread = { readonly kind: 'listening' } | { readonly kind: 'drained' } | Handed;

export type ToThread =
  | { readonly kind: 'credentials'; readonly credentials: Credentials }
  | { readonly kind: 'drain'; readonly graceSeconds: number; readonly lingerSeconds: number }
  | Answered;

export type Answered =
  | { readonly kind: 'body'; readonly id: number; readonly body: Uint8Array }
  | {
      readonly kind: 'response';
      readonly id: number;
      readonly status: number;
      readonly headers: OutgoingHttpHeaders;
      readonly body: Uint8Array;
    }
  | { readonly kind: 'failed'; readonly id: number; readonly code: string; readonly message: string };

/** Bytes that go to another thread whole and without a copy where they own their memory; a view of a larger buffer is copied. */
export function moved(bytes: Buffer): { readonly bytes: Uint8Array; readonly transfer: ArrayBuffer[] } {
  const { buffer, byteOffset, length } = bytes;
  const isWhole = buffer instanceof ArrayBuffer && byteOffset === 0 && buffer.byteLength === length;
  if (isWhole) return { bytes, transfer: [buffer] };
  const copy = Uint8Array.from(bytes);
  return { bytes: copy, transfer: [copy.buffer] };
}
