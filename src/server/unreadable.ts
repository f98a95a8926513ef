import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Failure, rawAnswer } from './answer.ts';
import type { ConnectionErrorKind, ThreadMeter } from './thread-counts.ts';

/** Ends a connection on which no request can be read: garbage, a head too large, a body that comes too slowly. Says why where it still can. */
export function answerUnreadable(
  error: NodeJS.ErrnoException,
  socket: Duplex,
  pending: readonly ServerResponse[],
  meter: ThreadMeter,
): void {
  // The client went away: nothing was wrong with what it sent.
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { kind, failure } = explain(error);
  meter.countConnectionError(kind);
  // Answers go out in order: behind one that is owed to an earlier request, this one would be taken for it.
  if (pending.length > 1 || pending.some(({ headersSent, req }) => headersSent || req.complete)) socket.destroy();
  else socket.end(rawAnswer(failure), () => socket.destroy());
}

function explain({ code }: NodeJS.ErrnoException): { kind: ConnectionErrorKind; failure: Failure } {
  if (code === 'HPE_HEADER_OVERFLOW') {
    const message = 'the head of the request is too large';
    return { kind: 'too-large', failure: { status: 431, code: 'REQUEST_TOO_LARGE', message } };
  }
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') {
    const message = 'the extensions of a chunk are too large';
    return { kind: 'too-large', failure: { status: 413, code: 'REQUEST_TOO_LARGE', message } };
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    const message = 'the request did not arrive whole in time';
    return { kind: 'timeout', failure: { status: 408, code: 'REQUEST_TOO_SLOW', message } };
  }
  const message = 'expected an HTTP/1.1 request';
  return { kind: 'malformed', failure: { status: 400, code: 'REQUEST_INVALID', message } };
}
