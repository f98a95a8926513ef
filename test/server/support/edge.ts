import { Agent, type RequestOptions, request } from 'node:https';
import { connect, type TLSSocket } from 'node:tls';
import { Registry } from 'prom-client';
import { createAuthority, createServing, type KeyPair } from '../../../certs/authority.ts';
import type { Certificates } from '../../../certs/folder.ts';
import { BarographError } from '../../../src/core/errors.ts';
import { type Logger, silentLogger } from '../../../src/core/log.ts';
import { type Access, loopbackAccess } from '../../../src/server/access.ts';
import type { ApiData } from '../../../src/server/api-data.ts';
import type { ReadyCheck } from '../../../src/server/health.ts';
import type { HotHandler } from '../../../src/server/hot-route.ts';
import type { ServerLimits } from '../../../src/server/limits.ts';
import { createMetrics, type MetricSources } from '../../../src/server/metrics.ts';
import { type RunningServer, type ServerThreads, startServer } from '../../../src/server/server.ts';
import { heldData } from './held-data.ts';

const hosts = ['localhost', '127.0.0.1', '::1'];
let authority: Promise<KeyPair> | undefined;
let usual: Promise<Certificates> | undefined;

/** A serving certificate of the authority that all tests of a file share. */
export async function newCertificates(): Promise<Certificates> {
  authority ??= createAuthority(Date.now() / 1000);
  const owner = await authority;
  return { authority: owner.certificate, serving: await createServing(owner, hosts, Date.now() / 1000) };
}

export interface EdgeOptions {
  readonly address?: string;
  readonly hot?: Readonly<Record<string, HotHandler>>;
  readonly data?: Partial<ApiData>;
  readonly ready?: () => readonly ReadyCheck[];
  readonly access?: Access;
  readonly limits?: Partial<ServerLimits>;
  readonly logger?: Logger;
  readonly sources?: Partial<MetricSources>;
  readonly threads?: ServerThreads;
}

export interface TestEdge {
  readonly server: RunningServer;
  readonly registry: Registry;
  readonly authority: string;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** A raw connection, after its handshake. */
  open(): Promise<TLSSocket>;
}

export interface CallOptions extends Pick<RequestOptions, 'headers' | 'agent'> {
  readonly body?: Buffer | string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  json(): unknown;
}

/** Answers with how many bytes came. */
export const sizeOf: HotHandler = (body) => Buffer.from(JSON.stringify({ bytes: body.length }));

/** A real server on loopback, on a free port, with routes that echo sizes. */
export async function startEdge(options: EdgeOptions = {}): Promise<TestEdge> {
  usual ??= newCertificates();
  const certificates = await usual;
  const registry = new Registry();
  const logger = options.logger ?? silentLogger;
  const server = await startServer({
    address: options.address ?? '127.0.0.1:0',
    certificates,
    routes: {
      hot: options.hot ?? { '/admission/pods': sizeOf, '/extender/filter': sizeOf },
      api: {
        data: { ...heldData, ...options.data },
        ready: options.ready ?? (() => [{ name: 'outlook', ok: true, message: 'fresh' }]),
        access: options.access ?? loopbackAccess,
      },
    },
    logger,
    metrics: createMetrics(registry, { version: '1.2.3', ...options.sources }, logger, {
      endpoints: Object.keys(options.hot ?? {}),
    }),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
    ...(options.threads === undefined ? {} : { threads: options.threads }),
  });
  const ca = certificates.authority;
  return {
    server,
    registry,
    authority: ca,
    call: (method, path, more) => call(server.url, ca, method, path, more),
    open: () => open(server.port, ca),
  };
}

/** An agent that keeps one connection. */
export function keptConnection(edge: TestEdge): Agent {
  return new Agent({ ca: edge.authority, keepAlive: true, maxSockets: 1 });
}

export function call(
  url: string,
  ca: string,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const { body, headers = {}, agent = false } = options;
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    // As an option and not as a URL, so that a path goes out as it is written.
    const target = { hostname: hostname.replace(/^\[|\]$/g, ''), port, path, method, ca, agent };
    const sent = request({ ...target, headers: { ...length, ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const whole = Buffer.concat(chunks);
        const json = (): unknown => JSON.parse(whole.toString('utf8'));
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: whole, json });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function open(port: number, ca: string): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, ca }, () => resolve(socket));
    socket.on('error', reject);
  });
}

/** All that a connection says until it ends, or until `until` was said. */
export function heard(socket: TLSSocket, until?: RegExp): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (until?.test(text)) resolve(text);
    });
    socket.on('error', () => resolve(text));
    socket.on('close', () => resolve(text));
  });
}

/** Waits until something is so; throws when it is not within five seconds. */
export async function until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let attempt = 0; attempt < 250; attempt += 1) {
    if (await isSo()) return;
    await pause(20);
  }
  throw new BarographError('INTERNAL', `waited 5 s for ${what}`);
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** The value of a sample as /metrics prints it; undefined when it is not there. */
export async function sampleOf(edge: TestEdge, line: string): Promise<number | undefined> {
  const text = await edge.registry.metrics();
  const found = text.split('\n').find((one) => one.startsWith(`${line} `));
  return found === undefined ? undefined : Number(found.slice(line.length + 1));
}
