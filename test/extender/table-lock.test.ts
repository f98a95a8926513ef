import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { TableLock } from '../../src/extender/table-lock.ts';

const file = new URL('./support/lock-thread.ts', import.meta.url);

test('one pass is enough where nothing changes', () => {
  const lock = new TableLock(3);
  const passes: string[] = [];
  expect(lock.read(Int32Array.of(2, -1, 0), 3, (from, to) => passes.push(`${from}-${to}`))).toBe(true);
  expect(passes).toEqual(['0-3']);
});

test('what changes meanwhile is read again, node by node, and unknown nodes are not', () => {
  const lock = new TableLock(3);
  const passes: string[] = [];
  const isWhole = lock.read(Int32Array.of(2, -1, 0), 3, (from, to) => {
    passes.push(`${from}-${to}`);
    if (passes.length <= 2) lock.change(2, () => undefined);
  });
  expect(isWhole).toBe(false);
  expect(passes).toEqual(['0-3', '0-1', '0-1', '2-3']);
});

test('another thread never sees half of a change', async () => {
  const [nodes, width] = [50, 16];
  const lock = new TableLock(nodes);
  const cells = new Float64Array(new SharedArrayBuffer(8 * nodes * width));
  const over = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(file, { workerData: { counts: lock.counts, cells, width, over } });
  const said = once(worker, 'message');
  await once(worker, 'online');
  const end = performance.now() + 500;
  for (let value = 1; performance.now() < end; value += 1) {
    const node = value % nodes;
    lock.change(node, () => cells.fill(value, node * width, (node + 1) * width));
  }
  Atomics.store(over, 0, 1);
  const [{ torn, reads }] = (await said) as [{ torn: number; reads: number }];
  expect(torn).toBe(0);
  expect(reads).toBeGreaterThan(0);
});
