import type { IncomingMessage, ServerResponse } from 'node:http';
import { parentPort } from 'node:worker_threads';
import { BarographError, type ErrorCode, errorCodes } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { sendJson } from './answer.ts';
import { Edge } from './edge.ts';
import type { HotHandler } from './hot-route.ts';
import { createListener, listening, useCredentials } from './listener.ts';
import { ThreadMeter } from './thread-counts.ts';
import {
  type Answered,
  type FromThread,
  type Handed,
  moved,
  type ThreadServing,
  type ToThread,
} from './thread-messages.ts';
import { type Rehearsal, rehearse } from './warm-up.ts';

/** What a thread answers itself. */
export interface OwnRoutes {
  readonly hot: Readonly<Record<string, HotHandler>>;
  readonly onSent?: (answer: Buffer) => void;
}

/**
 * Serves in a worker thread; `own` makes its routes, which count with the thread's meter, and hand on what is not theirs. It listens, on a port that others listen on too, until the main thread says that it is
 * enough.
 */
export async function serveOnThread(
  serving: ThreadServing,
  own: (meter: ThreadMeter, handOn: (path: string) => HotHandler) => OwnRoutes,
  logger: Logger,
  rehearsal?: () => Rehearsal,
): Promise<void> {
  const { host, port, credentials, limits, hotPaths } = serving;
  const meter = new ThreadMeter(serving.counts);
  const main = new MainThread();
  const routes = own(meter, (path) => main.handlerOf(path));
  const hot = Object.fromEntries(hotPaths.map((path) => [path, routes.hot[path] ?? main.handlerOf(path)]));
  const server = createListener(credentials, limits);
  const edge = new Edge(server, {
    hot,
    onSent: routes.onSent,
    other: (request, response) => void main.answer(request, response, logger),
    asksClients: credentials.ca !== undefined,
    limits,
    meter,
    logger,
  });
  parentPort?.on('message', (message: ToThread) => {
    if (message.kind === 'credentials') useCredentials(server, message.credentials);
    else if (message.kind === 'drain') {
      void edge.close(message.graceSeconds, message.lingerSeconds).then(() => tell({ kind: 'drained' }));
    } else main.heard(message);
  });
  if (rehearsal !== undefined) await rehearse(rehearsal(), credentials, limits);
  await listening(server, { host, port, reusePort: true });
  tell({ kind: 'listening' });
}

function tell(message: FromThread, transfer: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

interface Waiting {
  resolve(answered: Answered): void;
  reject(error: BarographError): void;
}

/** What the main thread is asked, and the answers that it owes. */
class MainThread {
  readonly #waiting = new Map<number, Waiting>();
  #ids = 0;

  handlerOf(path: string): HotHandler {
    return async (body, deadlineMilliseconds) => {
      const { bytes, transfer } = moved(body);
      const { body: answer } = await this.#ask(
        (id) => ({ kind: 'hot', id, path, body: bytes, deadlineMilliseconds }),
        transfer,
        'body',
      );
      return Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength);
    };
  }

  /** Answers a request as the main thread would on its own connection. Bodies are not handed on: nothing but hot routes takes one. */
  async answer(request: IncomingMessage, response: ServerResponse, logger: Logger): Promise<void> {
    const { method = 'GET', url = '/', headers, socket } = request;
    request.resume();
    try {
      const peer = socket.remoteAddress;
      const made = await this.#ask((id) => ({ kind: 'other', id, method, url, headers, peer }), [], 'response');
      if (response.headersSent || response.destroyed) return;
      response.writeHead(made.status, {
        ...made.headers,
        'content-length': made.headers['content-length'] ?? made.body.length,
      });
      response.end(method === 'HEAD' ? undefined : made.body);
    } catch (error) {
      logger.error({ error }, 'a request could not be handed on');
      sendJson(request, response, 503, JSON.stringify({ code: 'SERVER_BUSY', message: 'try again' }));
    }
  }

  heard(answered: Answered): void {
    const waiting = this.#waiting.get(answered.id);
    this.#waiting.delete(answered.id);
    if (answered.kind !== 'failed') waiting?.resolve(answered);
    else waiting?.reject(new BarographError(codeOf(answered.code), answered.message));
  }

  #ask<K extends 'body' | 'response'>(
    handed: (id: number) => Handed,
    transfer: readonly ArrayBuffer[],
    _kind: K,
  ): Promise<Extract<Answered, { kind: K }>> {
    this.#ids += 1;
    const id = this.#ids;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: (answered) => resolve(answered as Extract<Answered, { kind: K }>), reject });
      tell(handed(id), transfer);
    });
  }
}

function codeOf(code: string): ErrorCode {
  return Object.hasOwn(errorCodes, code) ? (code as ErrorCode) : 'INTERNAL';
}
