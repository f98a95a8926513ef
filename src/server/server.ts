import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { createSecureContext } from 'node:tls';
import { isPair } from '../../certs/authority.ts';
import type { Certificates } from '../../certs/folder.ts';
import { BarographError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { type Address, parseAddress, urlOf } from './address.ts';
import { type ApiOptions, createApi } from './api.ts';
import { BodyBudget } from './body.ts';
import { Connections } from './connections.ts';
import { apiEndpointOf, hotEndpoints, otherBodyBytes, pathOf } from './endpoints.ts';
import { answerHot, type HotHandler, type HotRoute } from './hot-route.ts';
import { defaultLimits, type ServerLimits } from './limits.ts';
import type { Metrics, StatusClass } from './metrics.ts';
import { answerUnreadable } from './unreadable.ts';

export interface Routes {
  /** By path. Called as soon as a body is whole, before anything of express. */
  readonly hot: Readonly<Record<string, HotHandler>>;
  /** `/api/v1/…`, `/metrics`, `/healthz`, `/readyz`. */
  readonly api: ApiOptions;
}

export interface ServerOptions {
  /** `host:port`; port 0 takes a free one. */
  readonly address: string;
  readonly certificates: Certificates;
  readonly routes: Routes;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly limits?: Partial<ServerLimits>;
}

export interface RunningServer {
  readonly port: number;
  /** Where clients on this machine reach it. */
  readonly url: string;
  /** New connections get these; those that are open stay. Throws CERTIFICATE_INVALID, and the old ones stay in use. */
  useCertificates(certificates: Certificates): void;
  /**
   * Drains: `/readyz` says no and every answer ends its connection from now on. New connections are still taken for `lingerSeconds` (0), so that
   * load balancers can move away; then requests that are under way have `graceSeconds` to end. Resolves when every connection is closed.
   */
  close(graceSeconds: number, lingerSeconds?: number): Promise<void>;
}

/** Starts the TLS server. Throws CONFIG_INVALID when it cannot listen there, CERTIFICATE_INVALID when it cannot serve with these. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const limits = { ...defaultLimits, ...options.limits };
  const address = parseAddress(options.address);
  const server = createServer({
    ...credentialsOf(options.certificates),
    minVersion: 'TLSv1.2',
    handshakeTimeout: limits.handshakeSeconds * 1000,
    keepAliveTimeout: limits.idleSeconds * 1000,
    headersTimeout: limits.headSeconds * 1000,
    requestTimeout: limits.requestSeconds * 1000,
    connectionsCheckingInterval: Math.min(limits.headSeconds, limits.requestSeconds) * 100,
    maxHeaderSize: limits.headBytes,
  });
  server.maxConnections = limits.connections;
  const edge = new Edge(server, options, limits);
  const port = await listen(server, address);
  const url = urlOf({ host: address.host, port });
  options.logger.info({ address: options.address, port }, 'serving');
  return {
    port,
    url,
    useCertificates: (certificates) => server.setSecureContext(credentialsOf(certificates)),
    close: (graceSeconds, lingerSeconds = 0) => edge.close(graceSeconds, lingerSeconds),
  };
}

/** What TLS needs, tried out before anything is changed. */
function credentialsOf({ serving }: Certificates): { cert: string; key: string; minVersion: 'TLSv1.2' } {
  const expected = 'expected a serving certificate and its private key in PEM';
  // TLS itself takes an empty key, and then fails at each handshake.
  if (!isPair(serving)) throw new BarographError('CERTIFICATE_INVALID', expected);
  const credentials = { cert: serving.certificate, key: serving.privateKey, minVersion: 'TLSv1.2' } as const;
  try {
    createSecureContext(credentials);
    return credentials;
  } catch (cause) {
    throw new BarographError('CERTIFICATE_INVALID', expected, { cause });
  }
}

function listen(server: Server, { host, port }: Address): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new BarographError('CONFIG_INVALID', `server.address: cannot listen on ${host}:${port}`, { cause })),
    );
    server.listen(port, host, () => {
      const bound = server.address();
      resolve(typeof bound === 'object' && bound !== null ? bound.port : port);
    });
  });
}

// A connection that was opened just before may have its first request on the way: cut off at once, that call would fail.
const firstRequestMilliseconds = 500;

/** What stands between the connections and the routes. */
class Edge {
  readonly #server: Server;
  readonly #connections = new Connections();
  readonly #hot: ReadonlyMap<string, HotRoute>;
  readonly #api: (request: IncomingMessage, response: ServerResponse) => void;
  readonly #metrics: Metrics;
  readonly #logger: Logger;
  #draining = false;
  #closed: Promise<void> | undefined;

  constructor(server: Server, { routes, logger, metrics }: ServerOptions, limits: ServerLimits) {
    this.#server = server;
    this.#metrics = metrics;
    this.#logger = logger;
    const budget = new BodyBudget(limits.bodyBytesUnderWay);
    this.#hot = new Map(
      Object.entries(routes.hot).map(([path, handler]) => {
        const limitBytes = limits.bodyBytes[path] ?? standardBytes(path);
        return [path, { path, handler, limitBytes, budget, logger }];
      }),
    );
    this.#api = createApi({ ...routes.api, ready: () => [...routes.api.ready(), this.#accepting()] }, metrics, logger);
    this.#connections.watch(
      server,
      () => metrics.connectionOpened(),
      () => metrics.connectionClosed(),
    );
    server.on('request', (request, response) => this.#answer(request, response));
    server.on('clientError', (error, socket) =>
      answerUnreadable(error, socket, this.#connections.pendingOn(socket), metrics),
    );
    server.on('drop', () => metrics.countConnectionError('too-many'));
    server.on('tlsClientError', (error) => {
      metrics.countConnectionError('tls');
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
    if (route === undefined) this.#api(request, response);
    else answerHot(request, response, route);
  }

  #follow(request: IncomingMessage, response: ServerResponse, endpoint: string): void {
    const began = performance.now();
    this.#metrics.requestBegan(endpoint);
    this.#connections.began(request, response);
    // A client may go away at any time; the answer then has nowhere to go, which is no error of ours.
    response.on('error', () => undefined);
    response.once('close', () => {
      this.#connections.ended(request, response);
      this.#metrics.requestEnded(endpoint, statusClass(response), (performance.now() - began) / 1000);
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

  #accepting(): { name: string; ok: boolean; message: string } {
    return { name: 'accepting', ok: !this.#draining, message: this.#draining ? 'shutting down' : 'taking requests' };
  }
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
