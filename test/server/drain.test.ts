import { describe, expect, test } from 'vitest';
import { heard, keptConnection, pause, sampleOf, startEdge, type TestEdge, until } from './support/edge.ts';

const half = 'POST /admission/pods HTTP/1.1\r\nhost: a\r\ncontent-length: 6\r\n\r\nabc';

async function begun(edge: TestEdge): Promise<void> {
  const name = 'barograph_requests_in_flight{endpoint="/admission/pods"}';
  await until(async () => (await sampleOf(edge, name)) === 1, 'the request to begin');
}

describe('closing a server', () => {
  test('lets a request that is under way end, and then ends its connection', async () => {
    const edge = await startEdge();
    const socket = await edge.open();
    const said = heard(socket);
    socket.write(half);
    await begun(edge);
    const closed = edge.server.close(10);
    await pause(50);
    socket.write('def');
    expect(await said).toMatch(/^HTTP\/1\.1 200 .*connection: close.*\{"bytes":6\}$/is);
    await closed;
  });

  test('ends connections that are idle, and those on which nothing ever came', async () => {
    const edge = await startEdge();
    const agent = keptConnection(edge);
    await edge.call('GET', '/healthz', { agent });
    const unused = await edge.open();
    const ended = heard(unused);
    await edge.server.close(10);
    expect(await ended).toBe('');
    await expect(edge.call('GET', '/healthz')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    agent.destroy();
  });

  test('answers the first request of a connection that was opened just before', async () => {
    const edge = await startEdge();
    const socket = await edge.open();
    const said = heard(socket);
    const closed = edge.server.close(10);
    await pause(50);
    socket.write(`${half}def`);
    expect(await said).toMatch(/^HTTP\/1\.1 200 .*connection: close.*\{"bytes":6\}$/is);
    await closed;
  });

  test('cuts off what has not ended when the time is over', async () => {
    const edge = await startEdge();
    const socket = await edge.open();
    const said = heard(socket);
    socket.write(half);
    await begun(edge);
    await edge.server.close(0.2);
    expect(await said).toBe('');
    await until(() => socket.destroyed, 'the connection to be cut');
  });

  test('answers on while load balancers move away, and says that it is not ready', async () => {
    const edge = await startEdge();
    const agent = keptConnection(edge);
    await edge.call('GET', '/healthz', { agent });
    const closed = edge.server.close(10, 0.5);
    const ready = await edge.call('GET', '/readyz');
    expect(ready.status).toBe(503);
    expect(ready.json()).toMatchObject({
      ready: false,
      checks: expect.arrayContaining([{ name: 'accepting', ok: false, message: 'shutting down' }]),
    });
    const answer = await edge.call('POST', '/admission/pods', { body: 'x', agent });
    expect([answer.status, answer.headers.connection]).toEqual([200, 'close']);
    await closed;
    agent.destroy();
  });

  test('loses no call of clients that go elsewhere when told that the connection ends', async () => {
    const edge = await startEdge();
    const agent = keptConnection(edge);
    const statuses: number[] = [];
    const refused: string[] = [];
    let isOver = false;
    const calling = (async () => {
      while (!isOver) {
        try {
          statuses.push((await edge.call('POST', '/admission/pods', { body: '{}', agent })).status);
        } catch (error) {
          refused.push((error as NodeJS.ErrnoException).code ?? '');
          isOver = true;
        }
      }
    })();
    await pause(100);
    await edge.server.close(10, 0.2);
    await calling;
    expect(statuses.length).toBeGreaterThan(5);
    expect(new Set(statuses)).toEqual(new Set([200]));
    // Nothing listens any more (reset: when the last connection waited to be accepted); no call that was begun was cut.
    expect(refused).toEqual([expect.stringMatching(/^ECONN(REFUSED|RESET)$/)]);
    const aborted = 'barograph_request_duration_seconds_count{endpoint="/admission/pods",status="aborted"}';
    expect(await sampleOf(edge, aborted)).toBeUndefined();
    agent.destroy();
  });

  test('twice is closing once', async () => {
    const edge = await startEdge();
    const first = edge.server.close(1);
    expect(edge.server.close(5, 5)).toBe(first);
    await first;
  });
});
