import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { csvOf, smallFleet } from './small-fleet.ts';

const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
const fixtures = fileURLToPath(new URL('../../collect/smart/fixtures/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'barograph-disks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);

async function barograph(...args: readonly string[]) {
  const command = ['--disable-warning=ExperimentalWarning', main, 'disks', ...args];
  return promisify(execFile)(process.execPath, command).catch(
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
}

describe('barograph disks', { timeout: 120_000 }, () => {
  test('learns from one or several files, and scores each row of another', async () => {
    const rows = smallFleet(200);
    const half = rows.length >> 1;
    writeFileSync(at('all.csv'), csvOf(rows));
    writeFileSync(at('first.csv'), csvOf(rows.slice(0, half)));
    writeFileSync(at('second.csv'), csvOf(rows.slice(half)));
    await barograph('train', '--model', at('one.json'), '--input', at('all.csv'));
    await barograph('train', '--model', at('two.json'), '--input', at('second.csv'), at('first.csv'));
    expect(readFileSync(at('two.json'), 'utf8')).toBe(readFileSync(at('one.json'), 'utf8'));

    await barograph('score', '--model', at('one.json'), '--input', at('all.csv'), '--output', at('scores.csv'));
    const [header, ...lines] = readFileSync(at('scores.csv'), 'utf8').trimEnd().split('\n');
    expect(header).toBe('date,serial_number,p7,p14,p30');
    expect(lines).toHaveLength(rows.length);
    for (const line of lines) expect(line).toMatch(/^\d{4}-\d\d-\d\d,D\d{4}(,(0\.\d+|\d\.\d+e-\d+)){3}$/);
  });

  test('scores by the weights that ship when no model is named', async () => {
    writeFileSync(at('few.csv'), csvOf(smallFleet(5)));
    await barograph('score', '--input', at('few.csv'), '--output', at('few-scores.csv'));
    expect(readFileSync(at('few-scores.csv'), 'utf8').trimEnd().split('\n').length).toBeGreaterThan(5);
  });

  test('shows dumps of devices, the worst first', async () => {
    const files = ['ata-hgst', 'scsi-uncorrected', 'nvme', 'not-opened'].map((name) => `${fixtures}${name}.json`);
    const { stdout } = await barograph('show', '--output', 'json', ...files);
    const shown = JSON.parse(stdout) as { model: string; p30: number | null; basis: string; replaceBy: unknown }[];
    expect(shown.map(({ basis }) => basis)).toEqual(['learned', 'rules', 'learned', 'nothing']);
    expect(shown[0]).toMatchObject({
      model: 'SEAGATE ST373453LC',
      replaceBy: { date: expect.stringMatching(/^2009-/) },
    });
    expect(shown[3]).toMatchObject({ p30: null, replaceBy: null });
    const table = await barograph('show', ...files);
    expect(table.stdout).toContain('536 errors that could not be corrected');
  });

  test.each([
    ['a missing file', ['score', '--input', 'none.csv', '--output', at('x.csv')], 1, 'none.csv'],
    [
      'a broken model',
      ['score', '--model', main, '--input', at('few.csv'), '--output', at('x.csv')],
      1,
      'OUTLOOK_INVALID',
    ],
    ['a file that is no CSV of disks', ['train', '--model', at('x.json'), '--input', main], 1, 'TRACE_INVALID'],
    ['no input', ['train', '--model', at('x.json')], 2, '--input'],
    ['a seed that is none', ['train', '--model', at('x.json'), '--input', at('few.csv'), '--seed', 'a'], 2, '--seed'],
    ['a risk that is none', ['show', '--risk', '200%', `${fixtures}nvme.json`], 2, '--risk'],
  ] as const)('%s ends with a message', async (_, args, code, message) => {
    expect(await barograph(...args)).toMatchObject({ code, stderr: expect.stringContaining(message) });
  });
});
