import { randomBytes } from 'node:crypto';
import { request } from 'node:https';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { monotonicMilliseconds } from '../../src/core/clock.ts';
import { BarographError } from '../../src/core/errors.ts';
import type { Logger } from '../../src/core/log.ts';
import { heard, keptConnection, sampleOf, sizeOf, startEdge, type TestEdge, until } from './support/edge.ts';

let edge: TestEdge;
const logged: { fields: object; message: string }[] = [];
const keep = (fields: object, message: string): void => void logged.push({ fields, message });
const logger: Logger = { debug: keep, info: keep, warn: keep, error: keep };
let lastBody: Buffer = Buffer.alloc(0);
let lastDeadline: number | undefined;

beforeAll(async () => {
  edge = await startEdge({
    logger,
    hot: {
      '/admission/pods': (body, deadline) => {
        lastBody = body;
        lastDeadline = deadline;
        return sizeOf(body);
      },
      '/extender/filter': sizeOf,
      '/extender/prioritize': () => {
        throw new BarographError('REQUEST_INVALID', 'expected NodeNames');
      },
      '/extender/preempt': () => {
        throw new TypeError('a secret detail');
      },
      '/small': sizeOf,
      '/__proto__': sizeOf,
    },
    limits: { bodyBytes: { '/small': 100 } },
  });
});

afterAll(() => edge.server.close(1));

describe('a hot route', () => {
  test.each([0, 1, 1000, 65_536, 70_000, 8 * 2 ** 20])('takes a body of %d bytes as it is', async (bytes) => {
    const body = randomBytes(bytes);
    const answer = await edge.call('POST', '/admission/pods', { body });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.json()).toEqual({ bytes: body.length });
    expect(lastBody.equals(body)).toBe(true);
  });

  test('takes 30 MB of node names, which 100,000 nodes come to', async () => {
    const body = Buffer.alloc(30e6, 97);
    const answer = await edge.call('POST', '/extender/filter', { body });
    expect(answer.json()).toEqual({ bytes: 30e6 });
  });

  test('takes a chunked body', async () => {
    const parts = [randomBytes(10), randomBytes(100_000), randomBytes(1)];
    const status = await new Promise((resolve, reject) => {
      const sent = request(`${edge.server.url}/admission/pods`, { method: 'POST', ca: edge.authority }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      });
      sent.on('error', reject);
      for (const part of parts) sent.write(part);
      sent.end();
    });
    expect(status).toBe(200);
    expect(lastBody.equals(Buffer.concat(parts))).toBe(true);
  });

  test.each(['', '?timeout=soon', '?timeout=', '?other=1s', '?timeout=1s2'])(
    'knows of no deadline where the query is "%s"',
    async (query) => {
      expect((await edge.call('POST', `/admission/pods${query}`, { body: '{}' })).status).toBe(200);
      expect(lastDeadline).toBeUndefined();
    },
  );

  test('takes the query that the API server adds to the URL', async () => {
    const began = monotonicMilliseconds();
    expect((await edge.call('POST', '/admission/pods?timeout=10s', { body: '{}' })).status).toBe(200);
    expect(lastDeadline).toBeGreaterThanOrEqual(began + 10_000);
    expect(lastDeadline).toBeLessThanOrEqual(monotonicMilliseconds() + 10_000);
  });

  test('says 413 to a body that announces too much, before it is sent', async () => {
    const socket = await edge.open();
    const said = heard(socket, /}$/);
    socket.write('POST /small HTTP/1.1\r\nhost: a\r\ncontent-length: 101\r\n\r\n');
    expect(await said).toMatch(/^HTTP\/1\.1 413 .*"code":"REQUEST_TOO_LARGE","message":"expected at most 100 bytes/s);
    socket.destroy();
  });

  test('says 413 to a chunked body that grows too large, and reads on so that the client can hear it', async () => {
    const answer = await new Promise<number | undefined>((resolve, reject) => {
      const options = { method: 'POST', ca: edge.authority, agent: false } as const;
      const sent = request(`${edge.server.url}/small`, options, (response) => resolve(response.resume().statusCode));
      sent.on('error', reject);
      for (let i = 0; i < 50; i += 1) sent.write(Buffer.alloc(65_536));
      sent.end();
    });
    expect(answer).toBe(413);
  });

  test('says 413 to a whole body that is too large, and the connection serves on', async () => {
    const agent = keptConnection(edge);
    const answer = await edge.call('POST', '/admission/pods', { body: Buffer.alloc(10 * 2 ** 20), agent });
    expect(answer.status).toBe(413);
    expect(answer.json()).toMatchObject({ code: 'REQUEST_TOO_LARGE' });
    expect((await edge.call('POST', '/admission/pods', { body: 'x', agent })).status).toBe(200);
    agent.destroy();
  });

  test('says 413 again and again on one connection, which holds nothing of what was refused', async () => {
    const agent = keptConnection(edge);
    const warnings: Error[] = [];
    const keepWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', keepWarning);
    for (let call = 0; call < 15; call += 1) {
      const answer = await edge.call('POST', '/small', { body: Buffer.alloc(300_000), agent });
      expect(answer.status).toBe(413);
    }
    expect((await edge.call('POST', '/small', { body: 'ab', agent })).json()).toEqual({ bytes: 2 });
    process.off('warning', keepWarning);
    expect(warnings).toEqual([]);
    agent.destroy();
  });

  test('refuses compressed bodies', async () => {
    const headers = { 'content-encoding': 'gzip' };
    const answer = await edge.call('POST', '/admission/pods', { body: gzipSync('{}'), headers });
    expect(answer.status).toBe(415);
    expect(answer.json()).toMatchObject({ code: 'REQUEST_INVALID' });
    const identity = { 'content-encoding': 'identity' };
    expect((await edge.call('POST', '/admission/pods', { body: '{}', headers: identity })).status).toBe(200);
  });

  test.each(['GET', 'PUT', 'PATCH', 'DELETE', 'TRACE'])('says 405 to %s', async (method) => {
    const answer = await edge.call(method, '/admission/pods');
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe('POST');
    expect(answer.json()).toMatchObject({ code: 'METHOD_WRONG' });
  });

  test('says 405 to HEAD without a body, and 204 to OPTIONS', async () => {
    const agent = keptConnection(edge);
    const head = await edge.call('HEAD', '/admission/pods', { agent });
    expect([head.status, head.body.length]).toEqual([405, 0]);
    const options = await edge.call('OPTIONS', '/admission/pods', { agent });
    expect([options.status, options.headers.allow, options.body.length]).toEqual([204, 'POST', 0]);
    agent.destroy();
  });

  test('tells what is wrong with a request', async () => {
    const answer = await edge.call('POST', '/extender/prioritize', { body: '{}' });
    expect(answer.status).toBe(400);
    expect(answer.json()).toEqual({ code: 'REQUEST_INVALID', message: 'expected NodeNames' });
  });

  test('keeps its own failures to the log', async () => {
    logged.length = 0;
    const answer = await edge.call('POST', '/extender/preempt', { body: '{}' });
    expect(answer.status).toBe(500);
    expect(answer.json()).toEqual({ code: 'INTERNAL', message: 'the request failed; the log of the server says why' });
    expect(logged).toEqual([
      { fields: { path: '/extender/preempt', error: 'a secret detail' }, message: 'a request failed' },
    ]);
  });

  test.each([
    '/admission/pods/',
    '//admission/pods',
    '/admission%2Fpods',
    '/admission/%70ods',
    '/admission/../admission/pods',
    '/Admission/pods',
    '/admission',
    '/constructor',
    '/toString',
    'https://localhost/admission/pods',
  ])('is not reached by %s', async (path) => {
    expect((await edge.call('POST', path, { body: '{}' })).status).toBe(404);
  });

  test('may have any name', async () => {
    expect((await edge.call('POST', '/__proto__', { body: '{}' })).json()).toEqual({ bytes: 2 });
  });

  test('answers one connection many times, and pipelined requests in their order', async () => {
    const agent = keptConnection(edge);
    for (let i = 0; i < 20; i += 1) {
      expect((await edge.call('POST', '/admission/pods', { body: 'x'.repeat(i), agent })).json()).toEqual({ bytes: i });
    }
    agent.destroy();
    const socket = await edge.open();
    const one = (bytes: number): string =>
      `POST /admission/pods HTTP/1.1\r\nhost: a\r\ncontent-length: ${bytes}\r\n\r\n${'x'.repeat(bytes)}`;
    const said = heard(socket, /"bytes":3}$/);
    socket.write(`${one(1)}GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n${one(2)}${one(3)}`);
    expect((await said).match(/\{"[^}]+}/g)).toEqual(['{"bytes":1}', '{"status":"ok"}', '{"bytes":2}', '{"bytes":3}']);
    socket.destroy();
  });

  test('is counted by endpoint and class of status', async () => {
    const name = 'barograph_request_duration_seconds_count{endpoint="/small",status="2xx"}';
    const before = (await sampleOf(edge, name)) ?? 0;
    await edge.call('POST', '/small', { body: '{}' });
    await until(async () => (await sampleOf(edge, name)) === before + 1, 'the request to be counted');
    expect(await sampleOf(edge, 'barograph_requests_in_flight{endpoint="/small"}')).toBe(0);
  });
});
