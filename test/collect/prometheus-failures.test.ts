import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { UsageBatch } from '../../src/collect/source.ts';
import { freePort } from '../support/loopback.ts';
import { prometheusMissing, type RunningPrometheus, startPrometheus } from '../support/prometheus.ts';
import { startProxy, type Treatment } from '../support/proxy.ts';
import { sourceOf } from '../support/source-of.ts';

const missing = prometheusMissing();
const title = `a Prometheus that fails${missing === undefined ? '' : ` (skipped: ${missing})`}`;
const start = Date.UTC(2024, 2, 4) / 1000;
const range = { startSeconds: start, endSeconds: start + 4 * 3600, stepSeconds: 300 };

function* history(): Generator<string> {
  for (let second = 60; second <= 4 * 3600; second += 60) {
    for (const namespace of ['a', 'b']) {
      const labels = `namespace="${namespace}",pod="cart",container="app"`;
      yield `container_cpu_usage_seconds_total{${labels}} ${second * 0.25} ${start + second}`;
      yield `container_memory_working_set_bytes{${labels}} 1000 ${start + second}`;
    }
  }
}

describe.skipIf(missing !== undefined)(title, () => {
  let server: RunningPrometheus;
  let whole: readonly UsageBatch[];
  beforeAll(async () => {
    server = await startPrometheus({ history: history() });
    whole = await read(server.url);
  });
  afterAll(() => server?.stop());

  const read = async (url: string, more: object = {}): Promise<UsageBatch[]> => {
    const source = sourceOf(url, range.endSeconds, more, { random: () => 0 });
    try {
      return await Array.fromAsync(source.read(range));
    } finally {
      await source.close();
    }
  };

  const through = async (treat: (count: number) => Treatment, more: object = {}): Promise<UsageBatch[]> => {
    const proxy = await startProxy(server.url, (_, count) => treat(count));
    try {
      return await read(proxy.url, more);
    } finally {
      await proxy.stop();
    }
  };

  test.each<[string, number, Treatment]>([
    ['a busy server', 5, { status: 503, body: 'busy' }],
    ['a server that asks to wait', 20, { status: 429, headers: { 'retry-after': '1' } }],
    ['a page of a proxy in place of an answer', 5, { status: 200, body: '<html>sorry</html>' }],
    ['a broken connection', 5, 'break'],
    ['an answer that breaks off', 5, 'cut'],
  ])('%s is asked again, and nothing is lost', async (_, every, treatment) => {
    expect(await through((count) => (count % every === 1 ? treatment : 'pass'), { retryBudget: '30s' })).toEqual(whole);
  });

  test('an answer that takes too long is asked for in parts', async () => {
    const batches = await through((count) => (count === 3 ? 'hang' : 'pass'), { timeout: '1s', retryBudget: '30s' });
    expect(samplesOf(batches)).toBe(samplesOf(whole));
  });

  test('nothing is asked again once the budget is spent, and the error says what came last', async () => {
    await expect(through(() => ({ status: 503, body: 'out of order' }), { retryBudget: '1s' })).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      message: expect.stringMatching(/api\/v1\/query.* received status 503: out of order/),
    });
  });

  test('a question that the server does not understand is refused at once', async () => {
    let count = 0;
    const proxy = await startProxy(server.url, () => {
      count += 1;
      return 'pass';
    });
    await expect(read(proxy.url, { queries: { containerCpu: 'sum by (' } })).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      message: expect.stringContaining('parse error'),
    });
    expect(count).toBe(2);
    await proxy.stop();
  });

  test('a server that is not there is an error with its address', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    await expect(read(url, { retryBudget: '1s' })).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      message: expect.stringContaining(url),
      cause: expect.objectContaining({ code: 'ECONNREFUSED' }),
    });
  });

  test('what was read before a failure stands', async () => {
    let isDown = false;
    const proxy = await startProxy(server.url, () => (isDown ? 'break' : 'pass'));
    const source = sourceOf(proxy.url, range.endSeconds, { retryBudget: '1s' });
    const got: UsageBatch[] = [];
    const reading = async (): Promise<void> => {
      for await (const batch of source.read(range)) {
        got.push(batch);
        isDown = true;
      }
    };
    await expect(reading()).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    expect(got).toEqual(whole.slice(0, 1));
    await source.close();
    await proxy.stop();
  });

  test('a read that is aborted while it waits ends at once', async () => {
    const proxy = await startProxy(server.url, () => 'hang');
    const source = sourceOf(proxy.url, range.endSeconds, { retryBudget: '30s' });
    const enough = new AbortController();
    const reading = Array.fromAsync(source.read(range, enough.signal));
    setTimeout(() => enough.abort('enough'), 50);
    await expect(reading).rejects.toBe('enough');
    await source.close();
    await proxy.stop();
  });
});

function samplesOf(batches: readonly UsageBatch[]): number {
  return batches.flatMap(({ containers }) => containers.map(({ times }) => times.length)).reduce((a, b) => a + b, 0);
}
