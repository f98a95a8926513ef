import { describe, expect, test } from 'vitest';
import type { ApiAnswer, Connection } from '../../src/cluster/connection.ts';
import { manualClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/log.ts';
import { createEvents, type EventsOptions, noEvents, type PodNotice } from '../../src/webhook/events.ts';

const notice: PodNotice = {
  workload: { namespace: 'shop', kind: 'Deployment', name: 'web' },
  owner: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-7d4b9c', uid: 'uid-of-rs', controller: true },
  reason: 'ObjectiveCapped',
  message: 'app: memory 512Mi of 900Mi needed: capped by LimitRange',
};

type Call = [method: string, path: string, body?: object];

/** An API server in memory that keeps Events and knows one ReplicaSet. */
function apiServer(answer: (...call: Call) => number | undefined = () => undefined) {
  const calls: Call[] = [];
  const events = new Map<string, Record<string, unknown>>();
  const replicaSet = {
    metadata: {
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'uid-of-web', controller: true },
      ],
    },
  };
  const answerTo = (method: string, path: string, body: object | undefined): ApiAnswer => {
    if (method === 'GET')
      return path.endsWith('/web-7d4b9c') ? { status: 200, body: replicaSet } : { status: 404, body: {} };
    if (method === 'POST') {
      const event = body as { metadata: { name: string } };
      events.set(`${path}/${event.metadata.name}`, { ...event });
      return { status: 201, body: event };
    }
    const held = events.get(path);
    if (held === undefined) return { status: 404, body: {} };
    return { status: 200, body: Object.assign(held, body) };
  };
  const connection: Pick<Connection, 'send'> = {
    send: async (method, path, body) => {
      calls.push([method, path, body] as Call);
      const status = answer(method, path, body);
      return status === undefined ? answerTo(method, path, body) : { status, body: {} };
    },
  };
  return { calls, events, connection, held: () => [...events.values()] };
}

function eventsOn(connection: EventsOptions['connection'], more: Partial<EventsOptions> = {}) {
  const clock = manualClock(1_700_600_000.7);
  return createEvents({ connection, clock, logger: silentLogger, tickMilliseconds: 5, quietSeconds: 0, ...more });
}

describe('Events', () => {
  test('are written on the top controller, with its uid', async () => {
    const { connection, held } = apiServer();
    const events = eventsOn(connection);
    events.emit(notice);
    await events.close();
    expect(held()).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: expect.stringMatching(/^web\.[0-9a-f]{16}$/), namespace: 'shop' },
        involvedObject: {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace: 'shop',
          name: 'web',
          uid: 'uid-of-web',
        },
        type: 'Warning',
        reason: 'ObjectiveCapped',
        message: notice.message,
        source: { component: 'barograph' },
        reportingComponent: 'barograph',
        firstTimestamp: '2023-11-21T20:53:20Z',
        lastTimestamp: '2023-11-21T20:53:20Z',
        count: 1,
      },
    ]);
    expect(events.dropped).toBe(0);
  });

  test('name the pod’s own controller without asking, where that is the top one', async () => {
    const { connection, calls, held } = apiServer();
    const events = eventsOn(connection);
    const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: 'uid-of-db', controller: true };
    events.emit({ ...notice, workload: { namespace: 'shop', kind: 'StatefulSet', name: 'db' }, owner });
    await events.close();
    expect(calls.map(([method]) => method)).toEqual(['POST']);
    expect(held()).toMatchObject([{ involvedObject: { kind: 'StatefulSet', name: 'db', uid: 'uid-of-db' } }]);
  });

  test('are written without a uid where the controllers between cannot be read', async () => {
    const { connection, held } = apiServer((method) => (method === 'GET' ? 403 : undefined));
    const events = eventsOn(connection);
    events.emit(notice);
    events.emit({ ...notice, workload: { namespace: 'shop', kind: 'Pod', name: 'solo' }, owner: undefined });
    await events.close();
    expect(held().map(({ involvedObject }) => involvedObject)).toEqual([
      { namespace: 'shop', kind: 'Deployment', name: 'web' },
      { apiVersion: 'v1', namespace: 'shop', kind: 'Pod', name: 'solo' },
    ]);
  });

  test('that say the same again, but for numbers, become one with a count', async () => {
    const { connection, held } = apiServer();
    const events = eventsOn(connection);
    events.emit(notice);
    await expect.poll(() => held().length).toBe(1);
    for (let i = 0; i < 5; i += 1) events.emit({ ...notice, message: notice.message.replace('900', `${901 + i}`) });
    await events.close();
    expect(held()).toMatchObject([{ count: 6, message: 'app: memory 512Mi of 905Mi needed: capped by LimitRange' }]);
  });

  test('are not written again within the quiet time', async () => {
    const { connection, calls, held } = apiServer();
    const events = eventsOn(connection, { quietSeconds: 3600 });
    events.emit(notice);
    await expect.poll(() => held().length).toBe(1);
    for (let i = 0; i < 100; i += 1) events.emit(notice);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(calls.filter(([method]) => method === 'PATCH')).toEqual([]);
    // The last count is written at the end.
    await events.close();
    expect(held()).toMatchObject([{ count: 101 }]);
  });

  test('that the API server has forgotten are written anew', async () => {
    const server = apiServer();
    const events = eventsOn(server.connection);
    events.emit(notice);
    await expect.poll(() => server.held().length).toBe(1);
    server.events.clear();
    events.emit(notice);
    await expect.poll(() => server.held().length).toBe(1);
    expect(server.held()).toMatchObject([{ count: 2 }]);
    await events.close();
  });

  test('come in bursts of 25 at most', async () => {
    const { connection, held } = apiServer();
    const events = eventsOn(connection);
    for (let i = 0; i < 60; i += 1) events.emit({ ...notice, reason: `Reason${String.fromCharCode(65 + i)}` });
    await expect.poll(() => held().length).toBeGreaterThanOrEqual(25);
    expect(held().length).toBeLessThan(60);
    await events.close();
    expect([held().length, events.dropped]).toEqual([60, 0]);
  });

  test('beyond a thousand at once are dropped and counted', async () => {
    const events = eventsOn({ send: () => new Promise(() => undefined) }, { tickMilliseconds: 60_000 });
    for (let i = 0; i < 1010; i += 1) {
      events.emit({ ...notice, workload: { ...notice.workload, name: `web-${i}` } });
    }
    expect(events.dropped).toBe(10);
  });

  test('that the API server refuses are dropped and counted, not tried for ever', async () => {
    const { connection, calls } = apiServer((method) => (method === 'POST' ? 422 : undefined));
    const events = eventsOn(connection);
    events.emit(notice);
    await expect.poll(() => events.dropped).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(calls.filter(([method]) => method === 'POST')).toHaveLength(1);
    await events.close();
  });

  test('are tried again while the API server is away', async () => {
    let away = true;
    const { connection, held } = apiServer((method) => (away && method === 'POST' ? 503 : undefined));
    const events = eventsOn(connection, { quietSeconds: 0.02 });
    events.emit(notice);
    await new Promise((resolve) => setTimeout(resolve, 40));
    away = false;
    await expect.poll(() => held().length).toBe(1);
    await events.close();
    expect(events.dropped).toBe(0);
  });

  test('of a connection that fails disturb nobody', async () => {
    const events = eventsOn({ send: () => Promise.reject(new TypeError('no route to host')) });
    events.emit(notice);
    await events.close();
    expect(events.dropped).toBe(1);
  });

  test('go nowhere without a cluster', async () => {
    noEvents.emit(notice);
    await noEvents.close();
    expect(noEvents.dropped).toBe(0);
  });
});
