import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli } from '../journey/support/run-cli.ts';
import { demoTraces } from './support/tables.ts';

const short = ['simulate', '--traces', demoTraces];

describe('barograph simulate', () => {
  test('prints figures, intervals, differences and the first day, and says that today’s requests are not known', async () => {
    const text = await runCli([...short, '--policy', 'barograph', 'vpa', 'clairvoyant-24h']);
    expect(text).toContain('14 containers, 4032 steps of 300 s');
    for (const title of ['After 7 days', 'Guards', '95 % intervals', 'Difference to vpa', 'The first 24 hours'])
      expect(text).toContain(title);
    expect(text.match(/^clairvoyant-24h/gm)).toHaveLength(5);
    expect(text).toContain('What is requested today is not known');
  });

  test('writes a report and everything as JSON', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'barograph-report-'));
    try {
      const report = join(folder, 'report.html');
      const args = ['--policy', 'static', 'autopilot', '--sweep', '0.5,2', '--report', report, '--output', 'json'];
      const result = JSON.parse(
        await runCli([...short, ...args, '--objective', 'cpu=0.02', '--variant', 'inplace']),
      ) as {
        results: {
          policy: string;
          variant: string;
          objective: unknown;
          windows: Record<string, { metrics: object; intervals: object }>;
        }[];
      };
      expect(result.results.map(({ policy }) => policy)).toEqual([
        'static',
        'autopilot',
        'barograph ×0.5',
        'barograph ×2',
      ]);
      expect(result.results[2]).toMatchObject({
        variant: 'inplace',
        objective: { cpuExceeded: 0.01, memoryExceededPerDay: 0.06 },
      });
      expect(Object.keys(result.results[0]?.windows ?? {})).toEqual(['scored', 'cold']);
      expect(await readFile(report, 'utf8')).toContain('<h2>Risk against slack</h2>');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test.each([
    [['simulate'], 'expected either --traces PATH or --from prometheus'],
    [[...short, '--policy', 'vpn'], "did you mean 'vpa'?"],
    [[...short, '--objective', 'cpu=much'], '--objective: expected'],
    [[...short, '--sweep', '0'], '--sweep: expected factors above 0'],
    [[...short, '--warm-up', 'soon'], '--warm-up: expected a duration'],
    [[...short, '--mem-hold', 'long'], 'expected --mem-hold HOURS'],
  ])('%j is wrong use', async (args, message) => {
    await expect(runCli(args)).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  });

  test('a folder that is not there fails with 1', async () => {
    await expect(runCli(['simulate', '--traces', '/nowhere/at/all'])).rejects.toMatchObject({ code: 1 });
  });
});
