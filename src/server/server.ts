import { randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { isPair } from '../../certs/authority.ts';
import type { Certificates } from '../../certs/folder.ts';
import { BarographError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { parseAddress, urlOf } from './address.ts';
import { type ApiOptions, createApi } from './api.ts';
import { Edge } from './edge.ts';
import { answerHanded } from './handed.ts';
import type { HotHandler } from './hot-route.ts';
import { defaultLimits, limitsPerThread, type ServerLimits } from './limits.ts';
import { type Credentials, createListener, credentialsOf, listen, useCredentials } from './listener.ts';
import type { Metrics } from './metrics.ts';
import { ServingThreads, type ThreadProgram } from './serving-threads.ts';
import { type Rehearsal, rehearse } from './warm-up.ts';

export interface Routes {
  /** By path. Called as soon as a body is whole, before anything of express. */
  readonly hot: Readonly<Record<string, HotHandler>>;
  /** Called with each answer of a hot route when it was sent, or never will be. */
  readonly onSent?: (answer: Buffer) => void;
  /** `/api/v1/…`, `/metrics`, `/healthz`, `/readyz`. */
  readonly api: ApiOptions;
}

export interface ServerOptions {
  /** `host:port`; port 0 takes a free one. */
  readonly address: string;
  readonly certificates: Certificates;
  /** PEM: callers of hot routes must have a certificate of one of these authorities. */
  readonly clientAuthority?: string;
  readonly routes: Routes;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly limits?: Partial<ServerLimits>;
  /** Threads that serve together, this one included, and what runs in the others. Without it this one serves alone. */
  readonly threads?: ServerThreads;
  /** What this thread rehearses before it says that it serves. */
  readonly rehearsal?: () => Rehearsal;
}

export interface ServerThreads {
  readonly count: number;
  readonly program: ThreadProgram;
}

export interface RunningServer {
  readonly port: number;
  /** Where clients on this machine reach it. */
  readonly url: string;
  /** New connections get these, on every thread; those that are open stay. Throws CERTIFICATE_INVALID, and the old ones stay in use. */
  useCertificates(certificates: Certificates): void;
  /**
   * Drains: `/readyz` says no and every answer ends its connection from now on. New connections are still taken for `lingerSeconds` (0), so that
   * load balancers can move away; then requests that are under way have `graceSeconds` to end. Resolves when every connection is closed.
   */
  close(graceSeconds: number, lingerSeconds?: number): Promise<void>;
}

// A session ticket is good for so long at most: its key could open what was said.
const ticketKeySeconds = 12 * 3600;

/** Starts the TLS server. Throws CONFIG_INVALID when it cannot listen there, CERTIFICATE_INVALID when it cannot serve with these. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { logger, metrics, routes, clientAuthority } = options;
  const count = await threadsOf(options);
  const limits = limitsPerThread({ ...defaultLimits, ...options.limits }, count);
  const address = parseAddress(options.address);
  let certificates = options.certificates;
  let credentials = checked(certificates, clientAuthority);
  const server = createListener(credentials, limits);
  const accepting = (): ReturnType<Edge['accepting']> => edge.accepting();
  const other = createApi({ ...routes.api, ready: () => [...routes.api.ready(), accepting()] }, metrics, logger);
  const asksClients = clientAuthority !== undefined;
  const edge = new Edge(server, {
    hot: routes.hot,
    onSent: routes.onSent,
    other,
    asksClients,
    limits,
    meter: metrics.meter,
    logger,
  });
  const port = await listen(server, address, count > 1);
  const threads = threadsBeside(options, count - 1, { ...address, port }, limits, credentials, other);
  const rehearsed = options.rehearsal && rehearse(options.rehearsal(), credentials, limits);
  await Promise.all([threads?.start(), rehearsed]);
  const swap = (newer: Credentials): void => {
    credentials = newer;
    useCredentials(server, credentials);
    threads?.useCredentials(credentials);
  };
  const rotation = setInterval(() => swap(checked(certificates, clientAuthority)), ticketKeySeconds * 1000).unref();
  logger.info({ address: options.address, port, threads: count }, 'serving');
  let closed: Promise<void> | undefined;
  const close = async (graceSeconds: number, lingerSeconds: number): Promise<void> => {
    clearInterval(rotation);
    await Promise.all([edge.close(graceSeconds, lingerSeconds), threads?.close(graceSeconds, lingerSeconds)]);
  };
  return {
    port,
    url: urlOf({ host: address.host, port }),
    useCertificates(newer) {
      swap(checked(newer, clientAuthority));
      certificates = newer;
    },
    close(graceSeconds, lingerSeconds = 0) {
      closed ??= close(graceSeconds, lingerSeconds);
      return closed;
    },
  };
}

/** Certificates as TLS takes them, tried out before anything is changed, with a new key for session tickets. */
function checked({ serving }: Certificates, clientAuthority: string | undefined): Credentials {
  // TLS itself takes an empty key, and then fails at each handshake.
  if (!isPair(serving)) {
    throw new BarographError('CERTIFICATE_INVALID', 'expected a serving certificate and its private key in PEM');
  }
  return credentialsOf(serving, clientAuthority, randomBytes(48));
}

/** As many as are wished for, or one where several cannot listen on one port. */
async function threadsOf({ threads, logger }: ServerOptions): Promise<number> {
  const count = threads?.count ?? 1;
  if (count <= 1 || portsAreShared.includes(process.platform)) return count;
  logger.warn({ platform: process.platform }, 'threads cannot share a port here: one serves alone');
  return 1;
}

// Where Node's reusePort spreads connections over those that listen.
const portsAreShared: readonly string[] = ['linux', 'freebsd', 'sunos', 'aix'];

function threadsBeside(
  { threads, routes, logger, metrics }: ServerOptions,
  count: number,
  address: { readonly host: string; readonly port: number },
  limits: ServerLimits,
  credentials: Credentials,
  other: RequestListener,
): ServingThreads | undefined {
  if (threads === undefined || count < 1) return undefined;
  return new ServingThreads({
    program: threads.program,
    count,
    serving: { ...address, limits, hotPaths: Object.keys(routes.hot) },
    credentials,
    counts: () => metrics.countsForThread(),
    logger,
    onHanded: (handed, send) => answerHanded(handed, routes.hot, other, send),
  });
}
