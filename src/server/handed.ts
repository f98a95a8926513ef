import { IncomingMessage, type OutgoingHttpHeaders, type RequestListener, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { BarographError, describeError } from '../core/errors.ts';
import type { HotHandler } from './hot-route.ts';
import { type Answered, type Handed, moved } from './thread-messages.ts';

export type SendAnswered = (answered: Answered, transfer: readonly ArrayBuffer[]) => void;

/** Answers what another thread handed on: hot routes as they are, all else by `other`. */
export function answerHanded(
  handed: Handed,
  hot: Readonly<Record<string, HotHandler>>,
  other: RequestListener,
  send: SendAnswered,
): void {
  if (handed.kind === 'hot') void answerBody(handed, hot, send);
  else answerOther(handed, other, send);
}

async function answerBody(
  { id, path, body, deadlineMilliseconds }: Extract<Handed, { kind: 'hot' }>,
  hot: Readonly<Record<string, HotHandler>>,
  send: SendAnswered,
): Promise<void> {
  try {
    const handler = Object.hasOwn(hot, path) ? hot[path] : undefined;
    if (handler === undefined) throw new BarographError('PATH_UNKNOWN', 'nothing is served at this path');
    const made = handler(Buffer.from(body.buffer, body.byteOffset, body.byteLength), deadlineMilliseconds);
    const { bytes, transfer } = moved(Buffer.isBuffer(made) ? made : await made);
    send({ kind: 'body', id, body: bytes }, transfer);
  } catch (error) {
    const known = error instanceof BarographError;
    send(
      {
        kind: 'failed',
        id,
        code: known ? error.code : 'INTERNAL',
        message: known ? error.message : describeError(error),
      },
      [],
    );
  }
}

/** Runs a request through a listener that expects a connection: one that is none, whose peer is that of the real one. */
function answerOther(
  { id, method, url, headers, peer }: Extract<Handed, { kind: 'other' }>,
  other: RequestListener,
  send: SendAnswered,
): void {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: peer });
  const request = new IncomingMessage(socket);
  Object.assign(request, { method, url, headers, httpVersion: '1.1', httpVersionMajor: 1, httpVersionMinor: 1 });
  request.push(null);
  other(
    request,
    caught(request, (status, sent, body) => {
      const { bytes, transfer } = moved(body);
      send({ kind: 'response', id, status, headers: sent, body: bytes }, transfer);
    }),
  );
}

type Caught = (status: number, headers: OutgoingHttpHeaders, body: Buffer) => void;

/** A response that keeps what is written to it. */
function caught(request: IncomingMessage, done: Caught): ServerResponse {
  const response = new ServerResponse(request);
  const chunks: Buffer[] = [];
  let isOver = false;
  const keep = (chunk: unknown, encoding: unknown): void => {
    if (typeof chunk === 'string') chunks.push(Buffer.from(chunk, isEncoding(encoding) ? encoding : 'utf8'));
    else if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  };
  // Own properties: express puts another prototype under the response.
  Object.assign(response, {
    writeHead(status: number, headers: OutgoingHttpHeaders = {}) {
      response.statusCode = status;
      for (const [name, value] of Object.entries(headers)) if (value !== undefined) response.setHeader(name, value);
      return response;
    },
    write(chunk: unknown, encoding: unknown) {
      keep(chunk, encoding);
      return true;
    },
    end(chunk: unknown, encoding: unknown) {
      if (isOver) return response;
      isOver = true;
      keep(chunk, encoding);
      done(response.statusCode, { ...response.getHeaders() }, Buffer.concat(chunks));
      response.emit('finish');
      response.emit('close');
      return response;
    },
  });
  Object.defineProperty(response, 'headersSent', { get: () => isOver });
  return response;
}

function isEncoding(value: unknown): value is BufferEncoding {
  return typeof value === 'string' && Buffer.isEncoding(value);
}
