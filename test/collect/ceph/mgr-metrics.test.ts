import { afterEach, expect, test } from 'vitest';
import { MgrMetrics } from '../../../src/collect/ceph/mgr-metrics.ts';
import { manualClock } from '../../../src/core/clock.ts';
import { describeError } from '../../../src/core/errors.ts';
import { createLogger } from '../../../src/core/log.ts';
import { cephConfig } from './support/open.ts';
import { type PageServer, servePage } from './support/page-server.ts';
import { recorded } from './support/recorded.ts';

const [before, after] = [recorded('pacific-before.txt'), recorded('pacific-after.txt')];
const servers: PageServer[] = [];

afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop())));

test('standby managers, which answer with an empty page, are passed over, and the active one is asked first from then on', async () => {
  const [standby, active] = [await serve('\n'), await serve(before)];
  const metrics = metricsOf({ urls: [standby.url, active.url] });
  expect((await metrics.sample(undefined)).osds.size).toBe(4);
  active.answer = after;
  await metrics.sample(undefined);
  expect([standby.requests.length, active.requests.length]).toEqual([1, 2]);
});

test('another manager takes over', async () => {
  const [one, two] = [await serve(before), await serve('')];
  const metrics = metricsOf({ urls: [one.url, two.url] });
  await metrics.sample(undefined);
  [one.answer, two.answer] = [503, after];
  expect((await metrics.sample(undefined)).pools.get(2)?.counters.readOps).toBe(76_217);
});

test('without an active manager the error names each of them and why', async () => {
  const [one, two] = [await serve(503), await serve('')];
  const metrics = metricsOf({ urls: [one.url, two.url] });
  const failure = describeError(await metrics.sample(undefined).catch((error: unknown) => error));
  expect(failure).toContain(`${one.url}, received status 503`);
  expect(failure).toContain(`${two.url}, received a page without ceph_health_status`);
  expect(failure).toContain('SOURCE_UNAVAILABLE');
});

test('a manager that is not ready yet is asked again', async () => {
  const server = await serve(503);
  const metrics = metricsOf({ urls: [server.url] });
  const sample = metrics.sample(undefined);
  await expect.poll(() => server.requests.length).toBeGreaterThan(0);
  server.answer = before;
  expect((await sample).osds.size).toBe(4);
});

test('a page from the cache of the manager is the same sample again', async () => {
  const server = await serve(before);
  const clock = manualClock(100);
  const metrics = metricsOf({ urls: [server.url] }, clock);
  const first = await metrics.sample(undefined);
  clock.set(110);
  expect(await metrics.sample(undefined)).toBe(first);
  server.answer = after;
  expect(await metrics.sample(undefined)).toMatchObject({ timeSeconds: 110 });
});

test('an exporter that does not answer costs the counters of its OSDs alone', async () => {
  const manager = await serve(recorded('reef-manager-after.txt'));
  const lines = recorded('reef-exporter-after.txt').split('\n');
  const pageOf = (osds: RegExp): string => lines.filter((line) => osds.test(line)).join('\n');
  const exporters = [await serve(pageOf(/osd\.[012]"/)), await serve(500)];
  const metrics = metricsOf({ urls: [manager.url], exporters: exporters.map(({ url }) => url) });
  const { osds } = await metrics.sample(undefined);
  expect([...osds.values()].map(({ counters }) => Number.isNaN(counters.writeOps))).toEqual([
    false,
    false,
    false,
    true,
  ]);
});

test('user and password of an address are sent, and are in no message', async () => {
  const server = await serve(401);
  const url = server.url.replace('//', '//reader:hidden-7@');
  const failure = await metricsOf({ urls: [url] })
    .sample(undefined)
    .catch((error: unknown) => error);
  expect(server.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('reader:hidden-7').toString('base64')}`);
  expect(describeError(failure)).toContain('received status 401');
  expect(describeError(failure)).not.toContain('hidden-7');
});

async function serve(answer: string | number): Promise<PageServer> {
  const server = await servePage(answer);
  servers.push(server);
  return server;
}

function metricsOf(metrics: object, clock = manualClock(0)): MgrMetrics {
  const { metrics: config } = cephConfig({ metrics: { kind: 'mgr', retryBudget: '5s', ...metrics } });
  if (config.kind !== 'mgr') return expect.fail('expected a manager');
  return new MgrMetrics({ config, clock, logger: createLogger('silent'), random: () => 0.5 });
}
