import { X509Certificate } from 'node:crypto';
import type { Agent } from 'node:https';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BarographError } from '../../src/core/errors.ts';
import type { ThreadSeat } from '../../src/server/serving-threads.ts';
import { keptConnection, newCertificates, pause, sampleOf, startEdge, type TestEdge, until } from './support/edge.ts';

const file = new URL('./support/thread-program.ts', import.meta.url);
const others = 2;
let left = 0;
const countLeft = (): void => {
  left += 1;
};
let edge: TestEdge;

function startThreads(): Promise<TestEdge> {
  const seat = (): ThreadSeat => ({ data: {}, transfer: [], left: countLeft });
  return startEdge({
    threads: { count: others + 1, program: { file, seat } },
    hot: {
      '/extender/filter': () => Buffer.from(JSON.stringify({ thread: 0 })),
      '/admission/pods': (body) => Buffer.from(JSON.stringify({ main: body.length })),
      '/admission/objectives': () => {
        throw new BarographError('REQUEST_INVALID', 'expected a review');
      },
      '/extender/preempt': async (body) => Buffer.from(JSON.stringify({ later: body.length })),
      '/die': () => Buffer.from('{}'),
    },
  });
}

/** Connections to every thread, by what they say. */
async function eachThread(on: TestEdge): Promise<ReadonlyMap<number, Agent>> {
  const found = new Map<number, Agent>();
  await until(async () => {
    const agent = keptConnection(on);
    const { thread } = (await on.call('POST', '/extender/filter', { body: '{}', agent })).json() as { thread: number };
    if (found.has(thread)) agent.destroy();
    else found.set(thread, agent);
    return found.size === others + 1;
  }, 'a connection to every thread');
  return found;
}

function drop(agents: ReadonlyMap<number, Agent>): void {
  for (const agent of agents.values()) agent.destroy();
}

describe.skipIf(process.platform !== 'linux')('several threads on one port (Linux only: elsewhere one serves)', () => {
  beforeAll(async () => {
    edge = await startThreads();
  });
  afterAll(() => edge.server.close(1));

  test('answer alike, whatever thread has the state', async () => {
    const agents = await eachThread(edge);
    for (const agent of agents.values()) {
      const body = Buffer.alloc(100_000, 'x');
      expect((await edge.call('POST', '/admission/pods', { body, agent })).json()).toEqual({ main: 100_000 });
      expect((await edge.call('POST', '/admission/pods', { body: 'ab', agent })).json()).toEqual({ main: 2 });
      expect((await edge.call('POST', '/extender/preempt', { body: 'abc', agent })).json()).toEqual({ later: 3 });
      const refused = await edge.call('POST', '/admission/objectives', { body: '{}', agent });
      expect([refused.status, refused.json()]).toEqual([
        400,
        { code: 'REQUEST_INVALID', message: 'expected a review' },
      ]);
      expect((await edge.call('GET', '/healthz', { agent })).json()).toEqual({ status: 'ok' });
      expect((await edge.call('HEAD', '/healthz', { agent })).status).toBe(200);
      const status = await edge.call('GET', '/api/v1/status', { agent });
      expect([status.status, status.headers['cache-control']]).toEqual([200, 'no-store']);
      expect((await edge.call('GET', '/api/v1/decisions?limit=0', { agent })).status).toBe(400);
      expect((await edge.call('POST', '/made/up', { body: 'x', agent })).json()).toMatchObject({
        code: 'PATH_UNKNOWN',
      });
      expect((await edge.call('GET', '/extender/filter', { agent })).status).toBe(405);
    }
    drop(agents);
  });

  test('count together', async () => {
    const agents = await eachThread(edge);
    const kept = 'barograph_extender_calls_total{verb="filter",outcome="kept"}';
    const answered = 'barograph_request_duration_seconds_count{endpoint="/extender/filter",status="2xx"}';
    const before = [await sampleOf(edge, kept), await sampleOf(edge, answered)].map((value) => value ?? 0);
    for (const agent of agents.values()) {
      for (let i = 0; i < 5; i += 1) await edge.call('POST', '/extender/filter', { body: '{}', agent });
    }
    await until(
      async () => (await sampleOf(edge, answered)) === (before[1] ?? 0) + 5 * agents.size,
      'all calls to be counted',
    );
    expect(await sampleOf(edge, kept)).toBe((before[0] ?? 0) + 5 * others);
    expect(await sampleOf(edge, 'barograph_requests_in_flight{endpoint="/extender/filter"}')).toBe(0);
    drop(agents);
    await until(async () => (await sampleOf(edge, 'barograph_connections')) === 0, 'all connections to be closed');
  });

  test('take up sessions that began on another', async () => {
    const session = await new Promise<Buffer>((resolve) => {
      const socket = handshake(edge, undefined);
      socket.once('session', (one) => {
        resolve(one);
        socket.destroy();
      });
    });
    for (let i = 0; i < 12; i += 1) {
      const socket = handshake(edge, session);
      await new Promise((resolve) => socket.once('secureConnect', resolve));
      expect(socket.isSessionReused()).toBe(true);
      socket.destroy();
    }
  });

  test('serve with other certificates all at once, and connections that are open stay', async () => {
    const agents = await eachThread(edge);
    const newer = await newCertificates();
    edge.server.useCertificates(newer);
    const wanted = new X509Certificate(newer.serving.certificate).fingerprint256;
    let agreed = 0;
    await until(async () => {
      const socket = handshake(edge, undefined);
      await new Promise((resolve) => socket.once('secureConnect', resolve));
      agreed = socket.getPeerCertificate().fingerprint256 === wanted ? agreed + 1 : 0;
      socket.destroy();
      return agreed === 30;
    }, 'thirty connections in a row with the new certificate');
    for (const agent of agents.values()) expect((await edge.call('GET', '/healthz', { agent })).status).toBe(200);
    drop(agents);
  });

  test('go on when one of them dies, and it is started again', async () => {
    const agents = await eachThread(edge);
    const [, victim] = [...agents].find(([thread]) => thread !== 0) ?? [];
    const gone = left;
    await edge.call('POST', '/die', { body: '{}', ...(victim === undefined ? {} : { agent: victim }) });
    await until(() => left === gone + 1, 'the thread to end');
    const counted = await sampleOf(edge, 'barograph_extender_calls_total{verb="filter",outcome="kept"}');
    expect(counted).toBeGreaterThan(0);
    drop(agents);
    const again = await eachThread(edge);
    expect([...again.keys()].some((thread) => !agents.has(thread))).toBe(true);
    drop(again);
  });

  test('all drain when the server closes', async () => {
    const own = await startThreads();
    const agents = await eachThread(own);
    const closed = own.server.close(10, 0.5);
    await pause(50);
    for (const agent of agents.values()) {
      const answer = await own.call('POST', '/admission/pods', { body: 'x', agent });
      expect([answer.status, answer.headers.connection]).toEqual([200, 'close']);
    }
    const ready = await own.call('GET', '/readyz');
    expect(ready.status).toBe(503);
    await closed;
    await expect(own.call('GET', '/healthz')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    drop(agents);
  });

  test('refuse a port that somebody else listens on', async () => {
    await expect(
      startEdge({
        address: `127.0.0.1:${edge.server.port}`,
        threads: { count: 2, program: { file, seat: () => ({ data: {}, transfer: [], left: () => undefined }) } },
      }),
    ).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});

function handshake(to: TestEdge, session: Buffer | undefined): TLSSocket {
  const options = { host: '127.0.0.1', port: to.server.port, ca: to.authority };
  return connect(session === undefined ? options : { ...options, session });
}
