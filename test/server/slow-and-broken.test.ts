import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { admitObjectives } from '../../src/webhook/admit-objectives.ts';
import { heard, keptConnection, sampleOf, sizeOf, startEdge, type TestEdge, until } from './support/edge.ts';

let edge: TestEdge;
let strict: TestEdge;

beforeAll(async () => {
  edge = await startEdge({ hot: { '/admission/pods': sizeOf, '/admission/objectives': admitObjectives } });
  strict = await startEdge({
    limits: { headSeconds: 1, requestSeconds: 1, idleSeconds: 1, headBytes: 2000, bodyBytesUnderWay: 100_000 },
  });
});

afterAll(() => Promise.all([edge.server.close(1), strict.server.close(1)]));

const inFlight = (of: TestEdge, path: string): Promise<number | undefined> =>
  sampleOf(of, `barograph_requests_in_flight{endpoint="${path}"}`);

describe('slow clients', () => {
  test('that do not send a body in time get 408, and the connection ends', async () => {
    const socket = await strict.open();
    const said = heard(socket);
    socket.write('POST /admission/pods HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nabc');
    expect(await said).toMatch(/^HTTP\/1\.1 408 .*"code":"REQUEST_TOO_SLOW"/s);
    expect(await sampleOf(strict, 'barograph_connection_errors_total{kind="timeout"}')).toBeGreaterThan(0);
    await until(async () => (await inFlight(strict, '/admission/pods')) === 0, 'the request to be given up');
  });

  test('that send it byte by byte get 408 as well', async () => {
    const socket = await strict.open();
    const said = heard(socket);
    socket.write('POST /admission/pods HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000\r\n\r\n');
    const drip = setInterval(() => socket.writable && socket.write('x'), 50);
    expect(await said).toMatch(/^HTTP\/1\.1 408 /);
    clearInterval(drip);
  });

  test('that do not send a head in time get 408', async () => {
    const socket = await strict.open();
    const said = heard(socket);
    socket.write('POST /admission/pods HTTP/1.1\r\nhost: a\r\n');
    expect(await said).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('do not hold up others', async () => {
    const slow = await Promise.all(Array.from({ length: 40 }, () => edge.open()));
    for (const socket of slow) {
      socket.write('POST /admission/pods HTTP/1.1\r\nhost: a\r\ncontent-length: 8000000\r\n\r\n');
      socket.write(Buffer.alloc(100_000));
    }
    await until(async () => (await inFlight(edge, '/admission/pods')) === 40, 'the slow ones to be under way');
    for (let call = 0; call < 10; call += 1) {
      expect((await edge.call('POST', '/admission/pods', { body: '{}' })).status).toBe(200);
    }
    expect(await inFlight(edge, '/admission/pods')).toBeGreaterThanOrEqual(40);
    for (const socket of slow) socket.destroy();
    await until(async () => (await inFlight(edge, '/admission/pods')) === 0, 'the slow ones to be forgotten');
  });

  test('that leave an idle connection open are closed after a while', async () => {
    const socket = await strict.open();
    const ended = heard(socket);
    socket.write('GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n');
    expect(await ended).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('too much at once', () => {
  test('is answered 503 with a time to try again, and what was held is given back', async () => {
    const holder = await strict.open();
    holder.write('POST /admission/pods HTTP/1.1\r\nhost: a\r\ncontent-length: 90001\r\n\r\n');
    holder.write(Buffer.alloc(90_000));
    await until(async () => {
      const answer = await strict.call('POST', '/admission/pods', { body: Buffer.alloc(60_000) });
      if (answer.status !== 503) return false;
      expect(answer.json()).toMatchObject({ code: 'SERVER_BUSY' });
      expect(answer.headers['retry-after']).toBe('1');
      return true;
    }, 'the budget to be used up');
    holder.destroy();
    await until(
      async () => (await strict.call('POST', '/admission/pods', { body: Buffer.alloc(60_000) })).status === 200,
      'the budget to be given back',
    );
  });

  test('of connections closes the new ones and leaves the others in peace', async () => {
    const few = await startEdge({ limits: { connections: 2 } });
    const agent = keptConnection(few);
    await few.call('GET', '/healthz', { agent });
    const second = await few.open();
    await expect(few.open()).rejects.toMatchObject({ code: 'ECONNRESET' });
    const name = 'barograph_connection_errors_total{kind="too-many"}';
    await until(async () => (await sampleOf(few, name)) === 1, 'the connection to be counted');
    expect((await few.call('GET', '/healthz', { agent })).status).toBe(200);
    second.destroy();
    agent.destroy();
    await few.server.close(1);
  });

  test('of a head is 431', async () => {
    const socket = await strict.open();
    const said = heard(socket);
    socket.write(`GET /healthz HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(5000)}\r\n\r\n`);
    expect(await said).toMatch(/^HTTP\/1\.1 431 .*"code":"REQUEST_TOO_LARGE"/s);
    expect(await sampleOf(strict, 'barograph_connection_errors_total{kind="too-large"}')).toBe(1);
  });
});

describe('broken requests', () => {
  test.each([
    ['no HTTP', 'garbage\r\n\r\n'],
    ['two lengths', 'POST /admission/pods HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx'],
    [
      'a length and chunks',
      'POST /admission/pods HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a length that is no number', 'POST /admission/pods HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n'],
    ['a wrong chunk', 'POST /admission/pods HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'],
    ['no host', 'GET /healthz HTTP/1.1\r\n\r\n'],
  ])('with %s are answered 400, and the connection ends', async (_, text) => {
    const socket = await edge.open();
    const said = heard(socket);
    socket.write(text);
    expect(await said).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('that end in the middle of a body are forgotten', async () => {
    const name = 'barograph_request_duration_seconds_count{endpoint="/admission/pods",status="aborted"}';
    const before = (await sampleOf(edge, name)) ?? 0;
    for (const ending of ['end', 'destroy'] as const) {
      const socket = await edge.open();
      socket.on('error', () => undefined);
      socket.write('POST /admission/pods HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nabc');
      await until(async () => (await inFlight(edge, '/admission/pods')) === 1, 'the request to begin');
      socket[ending]();
      await until(async () => (await inFlight(edge, '/admission/pods')) === 0, 'the request to be forgotten');
      socket.destroy();
    }
    expect(await sampleOf(edge, name)).toBeGreaterThan(before);
    expect((await edge.call('GET', '/healthz')).status).toBe(200);
  });

  test('that are left before the answer do no harm', async () => {
    const sockets = await Promise.all(Array.from({ length: 20 }, () => edge.open()));
    for (const socket of sockets) {
      socket.write('POST /admission/pods HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\n\r\nx', () => socket.destroy());
    }
    await until(async () => (await inFlight(edge, '/admission/pods')) === 0, 'the requests to end');
    expect((await edge.call('GET', '/healthz')).status).toBe(200);
  });
});

describe('bodies that no API server sends', () => {
  const path = '/admission/objectives';
  const nested = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth);

  test.each([
    ['nothing', ''],
    ['no JSON', 'garbage'],
    ['a part of a review', '{"apiVersion":"admission.k8s.io/v1","request":{"uid":"1"'],
    ['another version', '{"apiVersion":"admission.k8s.io/v1beta1","request":{"uid":"1"}}'],
    ['10,000 lists in each other', nested('[', ']', 10_000)],
    ['a million objects in each other', nested('{"a":', '}', 1_000_000).replace(':}', ':1}')],
    ['7 MB of random bytes', randomBytes(7_000_000)],
    ['bytes that are no UTF-8', Buffer.from([0xff, 0xfe, 0x00, 0xc0])],
  ])('such as %s are answered 400', async (_, body) => {
    const answer = await edge.call('POST', path, { body });
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'REQUEST_INVALID' });
  });

  test('such as a review whose object is nested 200,000 deep are allowed unchanged', async () => {
    const object = `{"metadata":${nested('{"annotations":', '}', 200_000).replace(':}', ':{}}')}}`;
    const body = `{"apiVersion":"admission.k8s.io/v1","request":{"uid":"u","object":${object}}}`;
    const answer = await edge.call('POST', path, { body });
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject({ response: { uid: 'u', allowed: true } });
  });

  test('are answered 200 or 400 with JSON, whatever they are', async () => {
    const anyReview = fc.record({
      apiVersion: fc.constant('admission.k8s.io/v1'),
      request: fc.object({ maxDepth: 6 }),
    });
    const anyBody = fc.oneof(
      fc.json().map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      anyReview.map((review) => Buffer.from(JSON.stringify({ ...review, request: { uid: 'u', ...review.request } }))),
    );
    await fc.assert(
      fc.asyncProperty(anyBody, async (body) => {
        const answer = await edge.call('POST', path, { body });
        expect([200, 400]).toContain(answer.status);
        expect(answer.json()).toBeTypeOf('object');
      }),
      { numRuns: 200 },
    );
  });
});
