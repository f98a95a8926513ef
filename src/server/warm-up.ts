import { connect, type TLSSocket } from 'node:tls';
import { BarographError } from '../core/errors.ts';
import { silentLogger } from '../core/log.ts';
import { Edge } from './edge.ts';
import type { HotHandler } from './hot-route.ts';
import type { ServerLimits } from './limits.ts';
import { type Credentials, createListener, listen } from './listener.ts';
import { createCounts, ThreadMeter } from './thread-counts.ts';

/** Calls, and what answers them though no client asked. */
export interface Rehearsal {
  readonly hot: Readonly<Record<string, HotHandler>>;
  readonly onSent?: (answer: Buffer) => void;
  /** What is asked in turn. */
  readonly calls: readonly { readonly path: string; readonly body: Buffer }[];
  close(): void;
}

const mostCalls = 3000;
const mostMilliseconds = 1000;

/**
 * Serves calls that this thread itself makes, over TLS on a port of its own on loopback, so that the engine has compiled all that is between a connection and a
 * handler before the first real call: until then each costs twice as much, for some thousand calls. Resolves with the number of calls; nothing is left
 * behind. A failure ends it early, and is no reason not to serve.
 */
export async function rehearse(rehearsal: Rehearsal, credentials: Credentials, limits: ServerLimits): Promise<number> {
  const { hot, onSent } = rehearsal;
  const { ca: _, ...anyClient } = credentials;
  let edge: Edge | undefined;
  try {
    const server = createListener(anyClient, limits);
    const meter = new ThreadMeter(createCounts(Object.keys(hot)));
    const other = (): void => undefined;
    edge = new Edge(server, { hot, onSent, other, asksClients: false, limits, meter, logger: silentLogger });
    const port = await listen(server, { host: '127.0.0.1', port: 0 }, false);
    return await callAll(port, rehearsal.calls);
  } catch {
    return 0;
  } finally {
    await edge?.close(0, 0);
    rehearsal.close();
  }
}

async function callAll(port: number, calls: Rehearsal['calls']): Promise<number> {
  const requests = calls.map(({ path, body }) => requestOf(path, body));
  // It is this very process that answers.
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  const answered = answersOf(socket);
  const end = performance.now() + mostMilliseconds;
  let made = 0;
  try {
    for (; made < mostCalls && performance.now() < end; made += 1) {
      socket.write(requests[made % requests.length] ?? '');
      await answered();
    }
  } finally {
    socket.destroy();
  }
  return made;
}

function requestOf(path: string, body: Buffer): Buffer {
  const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: Go-http-client/1.1\r\nContent-Length: ${body.length}\r\nContent-Type: application/json\r\nAccept-Encoding: gzip\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), body]);
}

/** Waits for the next whole answer on a connection. Throws when it ends or fails. */
function answersOf(socket: TLSSocket): () => Promise<void> {
  let leftBytes = 0;
  let turn: { resolve(): void; reject(error: Error): void } | undefined;
  const fail = (error: Error): void => turn?.reject(error);
  socket.on('error', fail).on('close', () => fail(new BarographError('INTERNAL', 'the connection was closed')));
  socket.on('data', (chunk: Buffer) => {
    if (leftBytes === 0) leftBytes = bytesOfAnswer(chunk);
    leftBytes -= chunk.length;
    if (leftBytes <= 0) {
      leftBytes = 0;
      turn?.resolve();
    }
  });
  return () =>
    new Promise((resolve, reject) => {
      turn = { resolve, reject };
    });
}

const headEnd = Buffer.from('\r\n\r\n', 'latin1');

/** The length of an answer with its head, which is whole in its first chunk. */
function bytesOfAnswer(chunk: Buffer): number {
  const end = chunk.indexOf(headEnd);
  const [, length] = /content-length: (\d+)/i.exec(chunk.toString('latin1', 0, end)) ?? [];
  return end + headEnd.length + Number(length);
}
