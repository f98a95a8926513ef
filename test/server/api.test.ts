import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BarographError } from '../../src/core/errors.ts';
import type { Logger } from '../../src/core/log.ts';
import { decodeOutlook } from '../../src/knowledge/outlook-codec.ts';
import type { ReadyCheck } from '../../src/server/health.ts';
import { outlookOf } from '../support/samples.ts';
import { startEdge, type TestEdge } from './support/edge.ts';

const arrow = { accept: 'application/vnd.apache.arrow.stream' };
let edge: TestEdge;
let checks: readonly ReadyCheck[] = [];

beforeAll(async () => {
  edge = await startEdge({ ready: () => checks });
});

afterAll(() => edge.server.close(1));

describe('health', () => {
  test('is that the process answers', async () => {
    const answer = await edge.call('GET', '/healthz');
    expect([answer.status, answer.json()]).toEqual([200, { status: 'ok' }]);
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    expect(answer.headers['x-powered-by']).toBeUndefined();
  });

  test('is not readiness, which needs every check to be good and shows them all', async () => {
    const cluster = { name: 'cluster', ok: true, message: 'read' };
    const accepting = { name: 'accepting', ok: true, message: 'taking requests' };
    checks = [cluster];
    const good = await edge.call('GET', '/readyz');
    expect([good.status, good.json()]).toEqual([200, { ready: true, checks: [cluster, accepting] }]);
    const reading = { name: 'cluster', ok: false, message: 'still being read' };
    checks = [reading];
    const bad = await edge.call('GET', '/readyz');
    expect([bad.status, bad.json()]).toEqual([503, { ready: false, checks: [reading, accepting] }]);
    expect((await edge.call('GET', '/healthz')).status).toBe(200);
  });
});

describe('/api/v1/status', () => {
  test('says what is served, how old it is, and how the parts do; times as text', async () => {
    const answer = await edge.call('GET', '/api/v1/status');
    expect(answer.json()).toEqual({
      version: '1.2.3',
      ready: true,
      outlook: {
        version: 7,
        made: '2023-11-21T20:53:30.000Z',
        data: '2023-11-21T20:53:20.000Z',
        ageSeconds: 42,
        fresh: true,
        containers: 2,
        nodes: 3,
      },
      trainedTo: '2023-11-21T20:53:20.000Z',
      cache: { hits: 10, misses: 2, stale: 1, refreshes: 3, failures: 0, evictions: 0, bytes: 4096, size: 2 },
      sources: [{ kind: 'prometheus', errors: 1, lastError: 'no answer' }],
    });
  });
});

describe('/api/v1/decisions', () => {
  const idsOf = async (query: string): Promise<string[]> => {
    const answer = await edge.call('GET', `/api/v1/decisions${query}`);
    expect(answer.status).toBe(200);
    return (answer.json() as { decisions: { id: string }[] }).decisions.map(({ id }) => id);
  };

  test.each([
    ['', ['d3', 'd2', 'd1']],
    ['?limit=2', ['d3', 'd2']],
    ['?namespace=shop', ['d3', 'd2']],
    ['?namespace=none', []],
    ['?workload=checkout', ['d3', 'd2', 'd1']],
    ['?workload=Deployment/checkout', ['d3', 'd1']],
    ['?workload=StatefulSet%2Fcheckout&namespace=shop', ['d2']],
  ])('%s are the newest first', async (query, ids) => {
    expect(await idsOf(query)).toEqual(ids);
  });

  test.each([
    '?limit=0',
    '?limit=1001',
    '?limit=1.5',
    '?limit=x',
    '?namespace=',
    '?workload=a/b/c',
    '?nmaespace=shop',
    '?namespace=a&namespace=b',
  ])('%s is answered 400 and says what is wrong', async (query) => {
    const answer = await edge.call('GET', `/api/v1/decisions${query}`);
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'REQUEST_INVALID', message: expect.stringMatching(/^the query: ./) });
  });

  test('are there one by one', async () => {
    const answer = await edge.call('GET', '/api/v1/decisions/d2');
    expect(answer.json()).toMatchObject({ id: 'd2', mode: 'observe', counterfactual: { static: null } });
  });

  test('are 404 under an id that is not known, and 400 under one that cannot be decoded', async () => {
    const unknown = await edge.call('GET', '/api/v1/decisions/a%20b');
    expect(unknown.status).toBe(404);
    expect(unknown.json()).toEqual({ code: 'DECISION_UNKNOWN', message: "no decision is recorded under 'a b'" });
    const broken = await edge.call('GET', '/api/v1/decisions/%zz');
    expect([broken.status, broken.json()]).toEqual([400, expect.objectContaining({ code: 'REQUEST_INVALID' })]);
  });
});

describe('/api/v1/forecasts', () => {
  test('are of each container of a workload, in millicores and bytes', async () => {
    const answer = await edge.call('GET', '/api/v1/forecasts/shop/Deployment/checkout');
    const found = answer.json() as { workload: object; containers: { name: string; cpu: Record<string, unknown> }[] };
    expect(found.workload).toEqual({ namespace: 'shop', kind: 'Deployment', name: 'checkout' });
    expect(found.containers.map(({ name }) => name)).toEqual(['app', 'proxy']);
    expect(found.containers[0]).toMatchObject({
      data: { from: '2023-11-14T22:13:20.000Z', to: '2023-11-21T20:53:20.000Z', samples: 2000 },
      outlookVersion: 1,
      cpu: { model: 'histogram', risks: [0.001, 0.01, 0.05, 0.1] },
    });
    expect(found.containers[0]?.cpu.values).toHaveLength(4);
    expect(found.containers[0]?.cpu.expected).toMatchObject({ mean: Array(24).fill(100) });
  });

  test('are 404 where nothing is known', async () => {
    const answer = await edge.call('GET', '/api/v1/forecasts/none/Deployment/checkout');
    expect([answer.status, answer.json()]).toEqual([
      404,
      { code: 'FORECAST_UNKNOWN', message: 'there is no forecast for none/Deployment/checkout' },
    ]);
  });
});

describe('/api/v1/outlook', () => {
  test('is a summary a person can read', async () => {
    const answer = await edge.call('GET', '/api/v1/outlook');
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.headers.vary).toBe('accept');
    const outlook = answer.json() as { nodes: { total: { cpu: number[] }; busiest: { cpu: { node: string }[] } } };
    expect(outlook).toMatchObject({ version: 7, steps: 24, stepSeconds: 1800, nodes: { count: 3, attributed: true } });
    expect(outlook.nodes.busiest.cpu.map(({ node }) => node)).toEqual(['node-c', 'node-b', 'node-a']);
    expect(outlook.nodes.total.cpu[0]).toBe(1000 + 1024 + 1048);
  });

  test('is the whole of it as an Arrow stream for who asks for that', async () => {
    const answer = await edge.call('GET', '/api/v1/outlook', { headers: arrow });
    expect(answer.headers['content-type']).toBe(arrow.accept);
    expect(decodeOutlook(answer.body)).toEqual(outlookOf(7, ['node-a', 'node-b', 'node-c']));
  });

  test('is another one as soon as a newer is served', async () => {
    let version = 1;
    const held = new Map([1, 2].map((one) => [one, outlookOf(one, [`node-${one}`])]));
    const moving = await startEdge({ data: { outlook: () => held.get(version) } });
    const versionOf = async (): Promise<number> =>
      decodeOutlook((await moving.call('GET', '/api/v1/outlook', { headers: arrow })).body).version;
    expect([await versionOf(), await versionOf()]).toEqual([1, 1]);
    version = 2;
    expect(await versionOf()).toBe(2);
    version = 3;
    const missing = await moving.call('GET', '/api/v1/outlook');
    expect([missing.status, missing.json()]).toEqual([404, expect.objectContaining({ code: 'OUTLOOK_MISSING' })]);
    await moving.server.close(1);
  });
});

describe('every path of the API', () => {
  const paths = ['/healthz', '/metrics', '/api/v1/status', '/api/v1/outlook', '/api/v1/decisions'];

  test.each(paths)('%s takes GET and HEAD alone', async (path) => {
    const head = await edge.call('HEAD', path);
    expect([head.status, head.body.length]).toEqual([200, 0]);
    const options = await edge.call('OPTIONS', path);
    expect([options.status, options.headers.allow]).toEqual([204, 'GET, HEAD']);
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      const answer = await edge.call(method, path);
      expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD']);
      expect(answer.json()).toMatchObject({ code: 'METHOD_WRONG' });
    }
  });

  test.each([
    '/',
    '/api',
    '/api/v1',
    '/api/v2/status',
    '/healthz/',
    '/Healthz',
    '/api/v1/decisions/',
    '/api/v1/decisions/a/b',
    '/..',
  ])('%s is none of them: 404', async (path) => {
    const answer = await edge.call('GET', path);
    expect([answer.status, answer.json()]).toEqual([
      404,
      { code: 'PATH_UNKNOWN', message: 'nothing is served at this path' },
    ]);
  });

  test('says 503 when the knowledge base is away, and 500 without details for what nobody foresaw', async () => {
    const logged: { fields: object; message: string }[] = [];
    const keep = (fields: object, message: string): void => void logged.push({ fields, message });
    const logger: Logger = { debug: keep, info: keep, warn: keep, error: keep };
    const failing = await startEdge({
      logger,
      data: {
        decision: () => Promise.reject(new BarographError('KNOWLEDGE_UNAVAILABLE', 'the knowledge base is locked')),
        decisions: () => Promise.reject(new TypeError('a secret detail')),
      },
    });
    const away = await failing.call('GET', '/api/v1/decisions/d1');
    expect([away.status, away.json()]).toEqual([
      503,
      { code: 'KNOWLEDGE_UNAVAILABLE', message: 'the knowledge base is locked' },
    ]);
    const unforeseen = await failing.call('GET', '/api/v1/decisions');
    expect(unforeseen.status).toBe(500);
    expect(unforeseen.body.toString()).not.toContain('secret');
    expect(logged).toContainEqual({
      fields: { path: '/api/v1/decisions', error: 'a secret detail' },
      message: 'a request failed',
    });
    await failing.server.close(1);
  });
});
