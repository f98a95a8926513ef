import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { manualClock, monotonicMilliseconds, scaledClock, systemClock } from '../../src/core/clock.ts';

const module = new URL('../../src/core/clock.ts', import.meta.url).href;

test('the system’s clock shows unix seconds', () => {
  expect(Math.abs(systemClock.nowSeconds() - Date.now() / 1000)).toBeLessThan(5);
});

test('a scaled clock starts where it is told and runs at its rate', async () => {
  const origin = monotonicMilliseconds();
  const clock = scaledClock(1_000_000, 300, origin);
  await sleep(30);
  const before = monotonicMilliseconds();
  const shown = clock.nowSeconds();
  const after = monotonicMilliseconds();
  expect(shown).toBeGreaterThanOrEqual(1_000_000 + ((before - origin) / 1000) * 300);
  expect(shown).toBeLessThanOrEqual(1_000_000 + ((after - origin) / 1000) * 300);
});

test('a scaled clock never runs backwards', () => {
  const clock = scaledClock(0, 100_000);
  const shown = Array.from({ length: 1000 }, () => clock.nowSeconds());
  expect(shown).toEqual(shown.toSorted((a, b) => a - b));
});

test('scaled clocks of two threads with one origin show one time', async () => {
  const origin = monotonicMilliseconds();
  const code = `import { parentPort } from 'node:worker_threads';
    import { scaledClock } from ${JSON.stringify(module)};
    const clock = scaledClock(0, 1, ${origin});
    parentPort.on('message', () => { parentPort.postMessage(clock.nowSeconds()); });
    parentPort.postMessage('ready');`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`));
  const answer = (): Promise<unknown> => new Promise((resolve) => worker.once('message', resolve));
  await answer();
  const clock = scaledClock(0, 1, origin);
  const before = clock.nowSeconds();
  worker.postMessage('now');
  const there = await answer();
  const after = clock.nowSeconds();
  await worker.terminate();
  // Each thread's own time origin is rounded, to some ten microseconds.
  expect(there).toBeGreaterThanOrEqual(before - 0.001);
  expect(there).toBeLessThanOrEqual(after + 0.001);
});

test('a manual clock stands still until it is set', () => {
  const clock = manualClock(5);
  expect([clock.nowSeconds(), clock.nowSeconds()]).toEqual([5, 5]);
  clock.set(3);
  expect(clock.nowSeconds()).toBe(3);
});
