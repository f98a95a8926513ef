import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { UsageBatch } from '../../src/collect/source.ts';
import { createTraceSource } from '../../src/collect/trace.ts';
import { indexTraces, traceExtent } from '../../src/collect/trace-index.ts';
import { formatRow, seriesColumns } from '../../src/collect/trace-row.ts';
import { formatTraceSeries, parseTraceSeries } from '../../src/collect/trace-series.ts';
import { manualClock } from '../../src/core/clock.ts';
import { parseContainerId } from '../../src/core/workload.ts';
import { sourceContract } from '../contract/source.ts';
import { nodeUsage, smallRange, smallSeries, smallWorld } from '../support/small-world.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'barograph-trace-'));
  write('small/all.csv', [seriesColumns, ...smallRows()]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

sourceContract('A folder of traces', () => ({
  open: (nowSeconds) => createTraceSource({ path: join(folder, 'small'), clock: manualClock(nowSeconds) }),
}));

sourceContract('A trace that is read a few rows at a time', () => ({
  open: (nowSeconds) =>
    createTraceSource({ path: join(folder, 'small'), clock: manualClock(nowSeconds), targetRows: 20 }),
}));

const [t0, step] = [1_700_000_100, 300];
const hour = { startSeconds: t0, endSeconds: t0 + 12 * step, stepSeconds: step };

describe('trace files', () => {
  test('a file without the column series is about the one that its path names', async () => {
    write('paths/shop/Deployment/cart/app.csv', ['time,cpu_millicores,memory_bytes', `${t0 + 300},250,1000`]);
    write('paths/node:n1.csv', ['time,cpu_millicores,memory_bytes', `${t0 + 300},9000,`]);
    const [batch] = await readAll('paths');
    expect(batch?.containers[0]?.key).toEqual({
      namespace: 'shop',
      kind: 'Deployment',
      name: 'cart',
      container: 'app',
    });
    expect(batch?.containers[0]?.pod).toBe('cart');
    expect(batch?.nodes[0]?.node).toBe('n1');
    expect([...(batch?.nodes[0]?.memoryBytes ?? [])]).toEqual([Number.NaN]);
    const [alone] = await readAll('paths/shop/Deployment/cart/app.csv');
    expect(alone?.containers[0]?.key.name).toBe('cart');
  });

  test('pods and nodes of a series are read, and replicas stay apart', async () => {
    write('pods/t.csv', [
      seriesColumns,
      `${t0 + 300},shop/Deployment/cart/app@cart-1@n1,1,2`,
      `${t0 + 300},shop/Deployment/cart/app@cart-2@n2,3,4`,
    ]);
    const [batch] = await readAll('pods');
    expect(batch?.containers.map(({ pod, node, cpuMillicores }) => [pod, node, ...cpuMillicores])).toEqual([
      ['cart-1', 'n1', 1],
      ['cart-2', 'n2', 3],
    ]);
  });

  test('duplicates, negative values, values that are not finite and rows out of order are repaired and counted', async () => {
    const rows = ['300,5,1', '300,6,2', '900,-1,10', '600,7,20', '1200,inf,nan', '1500,8,'];
    write('bad/t.csv', [
      seriesColumns,
      ...rows.map((row) => row.replace(/^\d+/, (t) => `${t0 + Number(t)},a/Pod/b/c`)),
    ]);
    const [batch] = await readAll('bad');
    const [usage] = batch?.containers ?? [];
    expect([...(usage?.cpuMillicores ?? [])]).toEqual([5, 7, Number.NaN, Number.NaN, 8]);
    expect([...(usage?.memoryBytes ?? [])]).toEqual([1, 20, 10, Number.NaN, Number.NaN]);
    expect(batch?.repairs).toEqual({
      gaps: 4,
      duplicates: 2,
      nonFinite: 2,
      negative: 1,
      resets: 0,
      future: 0,
      outOfOrder: 2,
    });
  });

  test('samples more often than a step are put together: the mean of CPU, the peak of memory', async () => {
    const rows = Array.from({ length: 10 }, (_, i) => `${t0 + 60 * (i + 1)},a/Pod/b/c,${i},${i}`);
    write('often/t.csv', [seriesColumns, ...rows]);
    const [batch] = await readAll('often');
    expect([...(batch?.containers[0]?.cpuMillicores ?? [])]).toEqual([2, 7]);
    expect([...(batch?.containers[0]?.memoryBytes ?? [])]).toEqual([4, 9]);
  });

  test('lines may end as on Windows, the last without an end, and the header may have a byte order mark', async () => {
    const file = join(folder, 'windows.csv');
    writeFileSync(file, `\uFEFF${seriesColumns}\r\n${t0 + 300},a/Pod/b/c,1,2\r\n\r\n${t0 + 600},a/Pod/b/c,3,4`);
    const [batch] = await readAll('windows.csv');
    expect([...(batch?.containers[0]?.cpuMillicores ?? [])]).toEqual([1, 3]);
  });

  test('rows that come later are found at the next read', async () => {
    write('grows/t.csv', [seriesColumns, `${t0 + 300},a/Pod/b/c,1,2`]);
    const source = createTraceSource({ path: join(folder, 'grows'), clock: manualClock(t0 + 9000) });
    const count = async (): Promise<number> =>
      (await Array.fromAsync(source.read(hour))).flatMap(({ containers }) => containers[0]?.times.length ?? 0)[0] ?? 0;
    expect(await count()).toBe(1);
    appendFileSync(join(folder, 'grows/t.csv'), `${t0 + 600},a/Pod/b/c,1,2\n`);
    expect(await count()).toBe(2);
    write('grows/u.csv', [seriesColumns, `${t0 + 900},a/Pod/b/c,1,2`]);
    expect(await count()).toBe(3);
    await source.close();
  });

  test('rows are found in the blocks of a large file, whatever the order of their series', async () => {
    const rows = ['a', 'b', 'c'].flatMap((name) =>
      Array.from({ length: 4000 }, (_, i) => `${t0 + (i + 1) * step},shop/Deployment/${name}/app,${i},${i}`),
    );
    write('large/t.csv', [seriesColumns, ...rows]);
    const index = await indexTraces(join(folder, 'large'));
    expect(index.blocks.length).toBeGreaterThan(5);
    expect(index.rows).toBe(12_000);
    expect(index.series).toEqual(['a', 'b', 'c'].map((name) => `shop/Deployment/${name}/app`));
    const range = { startSeconds: t0 + 2000 * step, endSeconds: t0 + 2010 * step, stepSeconds: step };
    const source = createTraceSource({ path: join(folder, 'large'), clock: manualClock(t0 + 1e9) });
    for (let round = 0; round < 2; round += 1) {
      const [batch] = await Array.fromAsync(source.read(range));
      expect(batch?.containers.map(({ key }) => key.name).sort()).toEqual(['a', 'b', 'c']);
      for (const { cpuMillicores } of batch?.containers ?? []) {
        expect([...cpuMillicores]).toEqual(Array.from({ length: 10 }, (_, i) => 2000 + i));
      }
    }
    expect(await traceExtent(join(folder, 'large'))).toEqual([
      { file: join(folder, 'large/t.csv'), fromSeconds: t0 + step, toSeconds: t0 + 4000 * step },
    ]);
  });

  test('hidden files and files of other kinds are left alone', async () => {
    write('hidden/t.csv', [seriesColumns, `${t0 + 300},a/Pod/b/c,1,2`]);
    write('hidden/..data/t.csv', [seriesColumns, `${t0 + 300},a/Pod/b/c,1,2`]);
    write('hidden/README.md', ['# not a trace']);
    expect((await indexTraces(join(folder, 'hidden'))).rows).toBe(1);
  });

  test.each([
    ['no header', [`${t0},a/Pod/b/c,1,2`], /:1: expected the header/],
    ['another header', ['time,series,cpu,memory'], /:1: expected the header .*received 'time,series,cpu,memory'/],
    ['a missing field', [seriesColumns, `${t0},a/Pod/b/c,1`], /:2: expected 4 fields/],
    [
      'a time that is no number',
      [seriesColumns, 'noon,a/Pod/b/c,1,2'],
      /:2: expected a time in unix seconds, received 'noon'/,
    ],
    ['no time', [seriesColumns, ',a/Pod/b/c,1,2'], /:2: expected a time/],
    [
      'a value that is no number',
      [seriesColumns, `${t0},a/Pod/b/c,250m,2`],
      /:2: expected millicores, received '250m'/,
    ],
    ['a series that cannot be read', [seriesColumns, `${t0},a/b,1,2`], /:2: expected a series .*received 'a\/b'/],
    ['nothing at all', [], /:1: expected a header/],
  ])('a file with %s is refused with its place', async (name, lines, message) => {
    const file = `refused/${name.replaceAll(' ', '-')}.csv`;
    write(file, lines);
    const source = createTraceSource({ path: join(folder, file), clock: manualClock(t0) });
    await expect(Array.fromAsync(source.read(hour))).rejects.toMatchObject({
      code: 'TRACE_INVALID',
      message: expect.stringMatching(message),
    });
  });

  test('a path where nothing is is refused', async () => {
    const source = createTraceSource({ path: join(folder, 'nowhere'), clock: manualClock(t0) });
    await expect(Array.fromAsync(source.read(hour))).rejects.toMatchObject({ code: 'TRACE_INVALID' });
  });

  test('names of series are read and written back', () => {
    for (const text of ['a/Deployment/b/c@b-1', 'a/Deployment/b/c@b-1@n', 'node:n1']) {
      const series = parseTraceSeries(text);
      expect(series && formatTraceSeries(series)).toBe(text);
    }
    for (const text of [
      '',
      'a',
      'a/b/c',
      'a/b/c/d/e',
      'a//c/d',
      'a/b/c/d@',
      'a/b/c/d@p@',
      'a/b/c/d@p@n@x',
      'node:',
      'node:a/b',
    ]) {
      expect(parseTraceSeries(text)).toBeUndefined();
    }
  });
});

async function readAll(path: string): Promise<UsageBatch[]> {
  const source = createTraceSource({ path: join(folder, path), clock: manualClock(t0 + 1e9) });
  return Array.fromAsync(source.read(hour));
}

function write(path: string, lines: readonly string[]): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), lines.map((line) => `${line}\n`).join(''));
}

function smallRows(): string[] {
  const { startSeconds, endSeconds, stepSeconds } = smallRange;
  const rows: string[] = [];
  for (let time = startSeconds + stepSeconds; time <= endSeconds; time += stepSeconds) {
    const { pods, nodes } = smallWorld(time);
    for (const [id, pod] of Object.entries(smallSeries)) {
      const key = parseContainerId(id);
      if (key === undefined || !pods.some(({ name }) => name === pod.name)) continue;
      const series = formatTraceSeries({ kind: 'container', key, pod: pod.name, node: pod.node });
      rows.push(formatRow({ timeSeconds: time, series, ...pod.usage(time) }));
    }
    for (const { name } of nodes) {
      rows.push(formatRow({ timeSeconds: time, series: `node:${name}`, ...nodeUsage(name, time) }));
    }
  }
  return rows;
}
