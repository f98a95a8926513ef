import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createMetricsApiSource, type MetricsApiSource } from '../../src/collect/metrics-api.ts';
import type { Source } from '../../src/collect/source.ts';
import { type Clock, manualClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/log.ts';
import { containerId } from '../../src/core/workload.ts';
import { sourceContract } from '../contract/source.ts';
import { type MetricsServer, startMetricsServer } from '../support/metrics-server.ts';
import { nodeUsage, smallRange, smallWorld } from '../support/small-world.ts';

const { startSeconds, endSeconds, stepSeconds } = smallRange;
let server: MetricsServer;
beforeAll(async () => {
  server = await startMetricsServer();
});
beforeEach(() => server.fail(undefined));
afterAll(() => server.stop());

sourceContract('The metrics API, asked at every step', () => ({ open: (nowSeconds) => new Watched(nowSeconds) }));

describe('the metrics API', () => {
  test('is asked again and again from the first read on', async () => {
    const clock = manualClock(startSeconds + 10 * stepSeconds);
    const source = open(clock, 0.05);
    server.show(smallWorld(clock.nowSeconds()), clock.nowSeconds());
    const before = server.requests.length;
    const range = { startSeconds, endSeconds: clock.nowSeconds(), stepSeconds };
    expect((await Array.fromAsync(source.read(range))).at(-1)?.nodes[0]?.times).toHaveLength(1);
    while (server.requests.length < before + 10) await new Promise((resolve) => setTimeout(resolve, 10));
    await source.close();
  });

  test('a sample that it repeats counts once, and several within a step are put together', async () => {
    const clock = manualClock(startSeconds + stepSeconds);
    const source = open(clock);
    for (const second of [30, 30, 90, 90, 300]) {
      server.show(smallWorld(startSeconds + second), startSeconds + second);
      await source.poll();
    }
    const [batch] = await Array.fromAsync(source.read({ startSeconds, endSeconds: clock.nowSeconds(), stepSeconds }));
    expect(batch?.repairs.duplicates).toBe(0);
    const means = [30, 90, 300].map((second) => nodeUsage('node-a', startSeconds + second).cpuMillicores);
    expect(batch?.nodes[0]?.cpuMillicores[0]).toBeCloseTo(
      means.reduce((sum, mean) => sum + mean / 3, 0),
      3,
    );
    await source.close();
  });

  test('samples are forgotten after some hours', async () => {
    const clock = manualClock(startSeconds + 30 * stepSeconds);
    const source = open(clock);
    for (const step of [1, 30]) {
      server.show(smallWorld(startSeconds + step * stepSeconds), startSeconds + step * stepSeconds);
      await source.poll();
    }
    const batches = await Array.fromAsync(source.read({ startSeconds, endSeconds: clock.nowSeconds(), stepSeconds }));
    expect(batches.flatMap(({ nodes }) => [...(nodes[0]?.times ?? [])])).toEqual([clock.nowSeconds()]);
    await source.close();
  });

  test('without a metrics-server the error says what is missing', async () => {
    const source = open(manualClock(endSeconds));
    server.fail(404);
    await expect(Array.fromAsync(source.read(smallRange))).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      message: expect.stringContaining('is metrics-server installed?'),
    });
    server.fail(403);
    await expect(source.poll()).rejects.toMatchObject({
      message: expect.stringContaining('may this account list it?'),
    });
    server.fail(503);
    await expect(source.poll()).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    await source.close();
  });

  test('after a failure it goes on, and what it said before is still there', async () => {
    const clock = manualClock(startSeconds + 3 * stepSeconds);
    const source = open(clock);
    server.show(smallWorld(startSeconds + stepSeconds), startSeconds + stepSeconds);
    await source.poll();
    server.fail(503);
    await expect(source.poll()).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    server.fail(undefined);
    server.show(smallWorld(clock.nowSeconds()), clock.nowSeconds());
    await source.poll();
    const batches = await Array.fromAsync(source.read({ startSeconds, endSeconds: clock.nowSeconds(), stepSeconds }));
    const carts = batches.flatMap(({ containers }) => containers.filter(({ key }) => key.name === 'cart'));
    expect(carts.map(({ key, times }) => [containerId(key), ...times])).toEqual([
      ['shop/Deployment/cart/app', startSeconds + 300, startSeconds + 600, startSeconds + 900],
    ]);
    await source.close();
  });
});

function open(clock: Clock, pollSeconds = 3600): MetricsApiSource {
  return createMetricsApiSource({ connection: server.connection, clock, logger: silentLogger, pollSeconds });
}

/** Has looked at the end of every step until now before it is read. */
class Watched implements Source {
  readonly kind = 'metrics-api';
  readonly #nowSeconds: number;
  readonly #inner: MetricsApiSource;

  constructor(nowSeconds: number) {
    this.#nowSeconds = nowSeconds;
    this.#inner = createMetricsApiSource({
      connection: server.connection,
      clock: manualClock(nowSeconds),
      logger: silentLogger,
      pollSeconds: 3600,
      keepSeconds: 86_400,
      refreshSeconds: 0,
    });
  }

  async *read(range: Parameters<Source['read']>[0], signal?: AbortSignal): ReturnType<MetricsApiSource['read']> {
    for (let time = startSeconds + stepSeconds; time <= Math.min(endSeconds, this.#nowSeconds); time += stepSeconds) {
      server.show(smallWorld(time), time);
      await this.#inner.poll();
    }
    yield* this.#inner.read(range, signal);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}
