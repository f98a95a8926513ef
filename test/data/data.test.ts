import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { UsageBatch } from '../../src/collect/source.ts';
import { createTraceSource } from '../../src/collect/trace.ts';
import { indexTraces } from '../../src/collect/trace-index.ts';
import { manualClock } from '../../src/core/clock.ts';
import { demoContainers, demoNodes, demoRange } from './demo.ts';

const data = new URL('../../data', import.meta.url).pathname;

describe('the traces that are shipped', () => {
  test('are smaller than 6 MB in all', () => {
    const files = readdirSync(data, { recursive: true, encoding: 'utf8' }).map((name) => statSync(join(data, name)));
    expect(files.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0)).toBeLessThan(6e6);
  });

  test('of the made-up cluster are two weeks of every container and node, nearly without gaps', async () => {
    const path = join(data, 'demo-made-up');
    const { series } = await indexTraces(path);
    expect(series).toEqual([...demoContainers, ...demoNodes].map((shape) => shape.series).sort());
    const batches = await readAll(path);
    const steps = (demoRange.endSeconds - demoRange.startSeconds) / demoRange.stepSeconds;
    for (const kind of ['containers', 'nodes'] as const) {
      const count = kind === 'containers' ? demoContainers.length : demoNodes.length;
      const usages = batches.flatMap((batch) => batch[kind] as UsageBatch['nodes']);
      expect(usages.reduce((sum, { times }) => sum + times.length, 0)).toBe(count * steps);
      const missing = usages
        .flatMap(({ cpuMillicores, memoryBytes }) => [...cpuMillicores, ...memoryBytes])
        .filter(Number.isNaN);
      expect(missing.length).toBeLessThan(10);
    }
    for (const { cpuMillicores, memoryBytes } of batches.flatMap(({ nodes }) => nodes)) {
      expect(Math.max(...cpuMillicores)).toBeLessThan(16_000);
      expect(Math.max(...memoryBytes)).toBeLessThan(64 * 2 ** 30);
    }
  });

  test('as recorded are all named, with their source, in the README', async () => {
    const { series } = await indexTraces(join(data, 'recorded-scaled'));
    const readme = readFileSync(join(data, 'README.md'), 'utf8');
    expect(series.length).toBe(22);
    for (const name of series) expect(readme).toContain(`| ${name.split('/')[2]} |`);
    for (const { series: name } of [...demoContainers, ...demoNodes]) expect(readme).toContain(`| \`${name}\` |`);
  });
});

async function readAll(path: string): Promise<UsageBatch[]> {
  return Array.fromAsync(createTraceSource({ path, clock: manualClock(demoRange.endSeconds) }).read(demoRange));
}
