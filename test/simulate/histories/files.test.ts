import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isBitbrains, readBitbrains } from '../../../src/simulate/histories/bitbrains.ts';
import { readRequests } from '../../../src/simulate/histories/requests-file.ts';
import { readTraces } from '../../../src/simulate/histories/traces.ts';
import { holdMemory, pickContainers } from '../../../src/simulate/replay/history.ts';
import { demoTraces } from '../support/tables.ts';

const options = { stepSeconds: 300, align: false, requests: undefined };
const nothing = Number.NaN;
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'barograph-histories-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function put(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), text);
}

describe('trace files', () => {
  test('a file for each series and a file of many are one history on one grid', async () => {
    await put('shop/Deployment/cart/app.csv', 'time,cpu_millicores,memory_bytes\n600,100,1000\n900,,2000\n');
    await put(
      'all.csv',
      'time,series,cpu_millicores,memory_bytes\n300,shop/Pod/a/b@a,5,6\n1200,shop/Pod/a/b@a,7,\n300,node:n,9,9\n',
    );
    const { ids, times, usage, isCapacityKnown, capacity } = await readTraces(folder, options);
    expect(ids).toEqual(['shop/Pod/a/b', 'shop/Deployment/cart/app']);
    expect([...times]).toEqual([300, 600, 900, 1200]);
    expect([...usage.cpu]).toEqual([5, nothing, nothing, 100, nothing, nothing, 7, nothing]);
    expect([...usage.memory]).toEqual([6, nothing, nothing, 1000, nothing, 2000, nothing, nothing]);
    expect(isCapacityKnown).toBe(false);
    expect([...capacity.cpu]).toEqual([14, 200]);
  });

  test('of several replicas the one that needs most counts in each step', async () => {
    const rows = ['300,a/Pod/b/c@x,5,60', '300,a/Pod/b/c@y,7,50', '600,a/Pod/b/c@y,1,1'];
    await put('all.csv', `time,series,cpu_millicores,memory_bytes\n${rows.join('\n')}\n`);
    const { ids, usage } = await readTraces(folder, options);
    expect(ids).toEqual(['a/Pod/b/c']);
    expect([[...usage.cpu], [...usage.memory]]).toEqual([
      [7, 1],
      [60, 1],
    ]);
  });

  test('samples beside the grid go to the nearest step, the later of two wins, what is not finite or below zero is none', async () => {
    const rows = ['300,1,1', '440,2,2', '460,3,3', '599,4,4', '900,-1,inf', '1200,5,5'];
    await put('a/Pod/b/c.csv', `time,cpu_millicores,memory_bytes\n${rows.join('\n')}\n`);
    const { usage } = await readTraces(folder, options);
    expect([...usage.cpu]).toEqual([2, 4, nothing, 5]);
    expect([...usage.memory]).toEqual([2, 4, nothing, 5]);
  });

  test('recordings of different years begin together only when asked to', async () => {
    await put('a/Pod/b/c.csv', 'time,cpu_millicores,memory_bytes\n300,1,1\n600,2,2\n');
    await put('a/Pod/d/c.csv', 'time,cpu_millicores,memory_bytes\n1700000100,3,3\n');
    const aligned = await readTraces(folder, { ...options, align: true });
    expect([...aligned.usage.cpu]).toEqual([1, 3, 2, nothing]);
    await put('a/Pod/e/c.csv', 'time,cpu_millicores,memory_bytes\n1700000000000,3,3\n');
    await expect(readTraces(folder, options)).rejects.toThrow(/expected recordings of one time.*--align/);
  });

  test('what is requested today comes from a file', async () => {
    await put('a/Pod/b/c.csv', 'time,cpu_millicores,memory_bytes\n300,1,1\n');
    const path = join(folder, 'requests.txt');
    await writeFile(path, 'series,cpu,memory\na/Pod/b/c,500m,1.5Gi\n\n');
    const { capacity, isCapacityKnown } = await readTraces(folder, { ...options, requests: await readRequests(path) });
    expect([capacity.cpu[0], capacity.memory[0], isCapacityKnown]).toEqual([500, 1.5 * 2 ** 30, true]);
  });

  test.each([
    ['series,cpu\n', 'requests.txt:1: expected the header'],
    ['series,cpu,memory\na/Pod/b/c,1\n', 'requests.txt:2: expected 3 fields'],
    ['series,cpu,memory\na/Pod/b/c,one,1Gi\n', 'requests.txt:2: expected quantities'],
  ])('a file of requests %j is refused with its line', async (text, message) => {
    const path = join(folder, 'requests.txt');
    await writeFile(path, text);
    await expect(readRequests(path)).rejects.toThrow(message);
  });

  test('a wrong row, a name that is none, no rows and no folder are errors that say where', async () => {
    await expect(readTraces(folder, options)).rejects.toThrow('expected measurements of containers, received none');
    await put('a/Pod/b/c.csv', 'time,cpu_millicores,memory_bytes\n300,1\n');
    await expect(readTraces(folder, options)).rejects.toThrow(/c\.csv:2: expected 3 fields/);
    await put('a/Pod/b/c.csv', 'time,series,cpu_millicores,memory_bytes\n300,a/b,1,1\n');
    await expect(readTraces(folder, options)).rejects.toThrow(/c\.csv:2: expected a series/);
    await expect(readTraces(join(folder, 'none'), options)).rejects.toMatchObject({ code: 'TRACE_INVALID' });
  });

  test('the shipped containers are read whole', async () => {
    const { ids, times } = await readTraces(demoTraces, options);
    expect([ids.length, times.length]).toEqual([14, 4032]);
  });
});

describe('traces of GWA-T-12', () => {
  const header = [
    'Timestamp [ms]',
    'CPU cores',
    'CPU capacity provisioned [MHZ]',
    'CPU usage [MHZ]',
    'CPU usage [%]',
    'Memory capacity provisioned [KB]',
    'Memory usage [KB]',
  ].join(';\t');

  test('as the archive has them: a file for each VM, months in folders', async () => {
    await put(
      'rnd/2013-7/9.csv',
      `${header}\n1372629804;\t2;\t5200.0;\t1000;\t19;\t2097152.0;\t1024.0\n1372630104;\t2;\t5200.0;\t500;\t9;\t2097152.0;\t0.0\n`,
    );
    await put('rnd/2013-8/9.csv', `${header}\n1372630404;\t2;\t5200.0;\t200;\t4;\t4194304.0;\t4096.0\n`);
    await put('rnd/2013-7/10.csv', `${header}\n1372629804;\t1;\t2600;\t2000;\t76;\t1048576;\t2048\n`);
    expect(await isBitbrains(folder)).toBe(true);
    const { ids, usage, capacity, times } = await readBitbrains(folder);
    expect([ids, times.length]).toEqual([['9', '10'], 3]);
    expect([...usage.cpu]).toEqual([500, 1000, 250, nothing, 100, nothing]);
    expect([...usage.memory]).toEqual([2 ** 20, 2 ** 21, 2 ** 20, nothing, 2 ** 22, nothing]);
    expect([...capacity.cpu, ...capacity.memory]).toEqual([2600, 1300, 2 ** 31, 2 ** 30]);
  });

  test('a column that is missing, and a file that is, are said', async () => {
    await put('1.csv', 'Timestamp [ms];\tCPU cores\n1;\t2\n');
    await expect(readBitbrains(folder)).rejects.toThrow(
      /1\.csv:1: expected the column 'CPU capacity provisioned \[MHZ\]'/,
    );
    await put('vms.csv', 'vm,cpu_cap_mhz,mem_cap_kb\n7,1000,1000\n');
    await expect(readBitbrains(folder)).rejects.toThrow(/cannot read .*7\.csv/);
  });

  test('a folder of trace files is none', async () => {
    expect(await isBitbrains(demoTraces)).toBe(false);
    expect(await isBitbrains(folder)).toBe(false);
  });
});

describe('histories', () => {
  test('memory held for some hours is the highest of them, and gaps stay gaps', async () => {
    const rows = [1, 9, 2, nothing, 3, 1, 1].map(
      (memory, k) => `${300 * (k + 1)},1,${Number.isNaN(memory) ? '' : memory}`,
    );
    await put('a/Pod/b/c.csv', `time,cpu_millicores,memory_bytes\n${rows.join('\n')}\n`);
    const held = holdMemory(await readTraces(folder, options), 0.25);
    expect([...held.usage.memory]).toEqual([1, 9, 9, nothing, 3, 3, 3]);
  });

  test('some containers of a history keep their columns', async () => {
    const history = await readTraces(demoTraces, options);
    const some = pickContainers(history, [3, 1]);
    expect(some.ids).toEqual([history.ids[3], history.ids[1]]);
    expect(some.usage.cpu[2 * 500]).toBe(history.usage.cpu[14 * 500 + 3]);
    expect(some.capacity.memory[1]).toBe(history.capacity.memory[1]);
  });
});
