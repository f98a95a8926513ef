import { createServer, type Server } from 'node:https';
import { createServer as createPlainServer, type Server as PlainServer } from 'node:net';
import { createSecureContext } from 'node:tls';
import type { KeyPair } from '../../certs/authority.ts';
import { BarographError } from '../core/errors.ts';
import type { Address } from './address.ts';
import type { ServerLimits } from './limits.ts';

/** What a listener's TLS is made of; goes to other threads as it is. */
export interface Credentials {
  readonly cert: string;
  readonly key: string;
  /** PEM of the authorities of clients, where these have to show a certificate. */
  readonly ca?: string;
  readonly minVersion: 'TLSv1.2';
  /** By default it differs from thread to thread, and a session would be good on one alone. */
  readonly sessionIdContext: string;
  /** 48 bytes, the same in all threads: a session that began on one is taken up by any. */
  readonly ticketKeys: Buffer;
}

/** Throws CERTIFICATE_INVALID when TLS cannot serve with these. */
export function credentialsOf(serving: KeyPair, clientAuthority: string | undefined, ticketKeys: Buffer): Credentials {
  const pair = {
    cert: serving.certificate,
    key: serving.privateKey,
    minVersion: 'TLSv1.2',
    sessionIdContext: 'barograph',
    ticketKeys,
  } as const;
  const credentials = clientAuthority === undefined ? pair : { ...pair, ca: clientAuthority };
  try {
    createSecureContext(credentials);
    return credentials;
  } catch (cause) {
    const expected = 'expected a serving certificate and its private key in PEM';
    throw new BarographError('CERTIFICATE_INVALID', expected, { cause });
  }
}

/** A TLS server that listens nowhere yet. */
export function createListener(credentials: Credentials, limits: ServerLimits): Server {
  const server = createServer({
    ...credentials,
    // Through postMessage a buffer becomes a plain array of bytes.
    ticketKeys: Buffer.from(credentials.ticketKeys),
    // Probes, metrics and people come without a certificate: what has none is refused by route.
    requestCert: credentials.ca !== undefined,
    rejectUnauthorized: false,
    handshakeTimeout: limits.handshakeSeconds * 1000,
    keepAliveTimeout: limits.idleSeconds * 1000,
    headersTimeout: limits.headSeconds * 1000,
    requestTimeout: limits.requestSeconds * 1000,
    connectionsCheckingInterval: Math.min(limits.headSeconds, limits.requestSeconds) * 100,
    maxHeaderSize: limits.headBytes,
  });
  server.maxConnections = limits.connections;
  return server;
}

/** New connections get these. */
export function useCredentials(server: Server, credentials: Credentials): void {
  server.setSecureContext({ ...credentials, ticketKeys: Buffer.from(credentials.ticketKeys) });
}

/** Listens, alone or beside other threads on the same port; the port. Throws CONFIG_INVALID. */
export async function listen(server: Server, { host, port }: Address, isShared: boolean): Promise<number> {
  // Beside others one may listen unasked: that nobody else is there is found out by listening alone for a moment.
  if (isShared && port !== 0) {
    const alone = createPlainServer();
    await listening(alone, { host, port, reusePort: false });
    await new Promise<void>((resolve) => alone.close(() => resolve()));
  }
  return listening(server, { host, port, reusePort: isShared });
}

interface Listening {
  readonly host: string;
  readonly port: number;
  readonly reusePort: boolean;
}

export function listening(server: PlainServer, wish: Listening): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (cause: Error): void =>
      reject(
        new BarographError('CONFIG_INVALID', `server.address: cannot listen on ${wish.host}:${wish.port}`, { cause }),
      );
    server.once('error', failed);
    server.listen(wish, () => {
      server.off('error', failed);
      const bound = server.address();
      resolve(typeof bound === 'object' && bound !== null ? bound.port : wish.port);
    });
  });
}
