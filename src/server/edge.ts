import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Server } from 'node:https';
import { TLSSocket } from 'node:tls';
import type { Logger } from '../core/log.ts';
import { type Failure, sendFailure } from './answer.ts';
import { BodyBudget } from './body.ts';
import { Connections } from './connections.ts';
import { apiEndpointOf, hotEndpoints, otherBodyBytes, pathOf } from './endpoints.ts';
import type { ReadyCheck } from './health.ts';
import { answerHot, type HotHandler, type HotRoute } from './hot-route.ts';
import type { ServerLimits } from './limits.ts';
import type { StatusClass, ThreadMeter } from './thread-counts.ts';
import { answerUnreadable } from './unreadable.ts';

export interface EdgeOptions {
  /** By path. Called as soon as a body is whole. */
  readonly hot: Readonly<Record<string, HotHandler>>;
  /** Called with each answer of a hot route when it was sent, or never will be. */
  readonly onSent?: ((answer: Buffer) => void) | undefined;
  /** Answers all other paths. */
  readonly other: RequestListener;
  /** Whether callers of hot routes must have shown a certificate that is good. */
  readonly asksClients: boolean;
  readonly limits: ServerLimits;
  readonly meter: ThreadMeter;
  readonly logger: Logger;
}

// A connection that was opened just before may have its first request on the way: cut off at once, that call would fail.
const firstRequestMilliseconds = 500;

/** What stands between the connections and the routes. */
export class Edge {
  readonly #server: Server;
  readonly #connections = new Connections();
  readonly #hot: ReadonlyMap<string, HotRoute>;
  readonly #other: RequestListener;
  readonly #meter: ThreadMeter;
  readonly #logger: Logger;
  readonly #asksClients: boolean;
  #draining = false;
  #closed: Promise<void> | undefined;

  constructor(server: Server, { hot, onSent, other, asksClients, limits, meter, logger }: EdgeOptions) {
    this.#asksClients = asksClients;
    this.#server = server;
    this.#meter = meter;
    this.#logger = logger;
    this.#other = other;
    const budget = new BodyBudget(limits.bodyBytesUnderWay, () => isNear(limits.memoryBytes));
    this.#hot = new Map(
      Object.entries(hot).map(([path, handler]) => {
        const limitBytes = limits.bodyBytes[path] ?? standardBytes(path);
        return [path, { path, handler, onSent, limitBytes, budget, logger }];
      }),
    );
    this.#connections.watch(
      server,
      () => meter.connectionOpened(),
      () => meter.connectionClosed(),
    );
    server.on('request', (request, response) => this.#answer(request, response));
    server.on('clientError', (error, socket) =>
      answerUnreadable(error, socket, this.#connections.pendingOn(socket), meter),
    );
    server.on('drop', () => meter.countConnectionError('too-many'));
    server.on('tlsClientError', (error) => {
      meter.countConnectionError('tls');
      logger.debug({ error: error.message }, 'a TLS handshake failed');
    });
  }

  close(graceSeconds: number, lingerSeconds: number): Promise<void> {
    this.#closed ??= this.#drain(graceSeconds, lingerSeconds);
    return this.#closed;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = pathOf(request.url);
    const route = this.#hot.get(path);
    this.#follow(request, response, route?.path ?? apiEndpointOf(path));
    if (this.#draining) sayLast(response);
    if (route === undefined) this.#other(request, response);
    else if (this.#asksClients && !isVerified(request)) sendFailure(request, response, unverified);
    else answerHot(request, response, route);
  }

  #follow(request: IncomingMessage, response: ServerResponse, endpoint: string): void {
    const began = performance.now();
    this.#meter.requestBegan(endpoint);
    this.#connections.began(request, response);
    // A client may go away at any time; the answer then has nowhere to go, which is no error of ours.
    response.on('error', () => undefined);
    response.once('close', () => {
      this.#connections.ended(request, response);
      this.#meter.requestEnded(endpoint, statusClass(response), (performance.now() - began) / 1000);
      if (this.#draining) this.#closeIdle();
    });
  }

  async #drain(graceSeconds: number, lingerSeconds: number): Promise<void> {
    this.#draining = true;
    for (const response of this.#connections.allPending()) sayLast(response);
    this.#logger.info({ graceSeconds, lingerSeconds }, 'draining');
    if (lingerSeconds > 0) await new Promise((resolve) => setTimeout(resolve, lingerSeconds * 1000));
    const ended = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    const unused = setTimeout(() => this.#connections.closeUnused(), firstRequestMilliseconds);
    const cut = setTimeout(() => this.#connections.closeAll(), graceSeconds * 1000);
    await ended;
    clearTimeout(unused);
    clearTimeout(cut);
    this.#logger.info({}, 'drained');
  }

  #closeIdle(): void {
    if (!this.#server.listening) setImmediate(() => this.#server.closeIdleConnections());
  }

  /** Whether `/readyz` may say yes. */
  accepting(): ReadyCheck {
    return { name: 'accepting', ok: !this.#draining, message: this.#draining ? 'shutting down' : 'taking requests' };
  }
}

// What the kernel counts against a container's limit is about what is resident.
const nearShare = 0.9;

function isNear(memoryBytes: number): boolean {
  return memoryBytes !== Number.POSITIVE_INFINITY && process.memoryUsage.rss() > nearShare * memoryBytes;
}

const unverified: Failure = {
  status: 403,
  code: 'ACCESS_DENIED',
  message: 'expected a client certificate of an authority in server.clientAuthority',
};

function isVerified({ socket }: IncomingMessage): boolean {
  return socket instanceof TLSSocket && socket.authorized;
}

/** Tells a client that its connection ends with this answer, where the answer has not begun. */
function sayLast(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}

function standardBytes(path: string): number {
  return Object.hasOwn(hotEndpoints, path) ? hotEndpoints[path as keyof typeof hotEndpoints] : otherBodyBytes;
}

function statusClass(response: ServerResponse): StatusClass {
  if (!response.writableFinished) return 'aborted';
  return `${Math.floor(response.statusCode / 100)}xx` as StatusClass;
}
