import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { commandLine, repository } from '../journey/support/run-cli.ts';

// Each runs a program or three.
vi.setConfig({ testTimeout: 120_000 });

const folder = mkdtempSync(join(tmpdir(), 'barograph-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...commandLine, ...args], {
    cwd: repository,
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, stdout, stderr };
}

function configFile(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('wrong use ends with 2 and says what is right', () => {
  test.each([
    [['server'], "unknown command 'server'"],
    [['serve', '--adress', 'x'], "unknown option '--adress'"],
    [['recommend', '--output', 'xml'], 'Allowed choices are table, json'],
    [['explain', 'pod'], "missing required argument 'name'"],
    [['explain', 'decision', 'x'], 'expected --config FILE (its knowledge base) or --server URL (USAGE_WRONG)'],
    [['install'], 'expected either --print or --print-scheduler'],
  ])('%j', (args, said) => {
    const { status, stderr, stdout } = run(...args);
    expect(status).toBe(2);
    expect(stderr).toContain(said);
    expect(stdout).toBe('');
  });

  test('a key that is not known, with the nearest one', () => {
    const file = configFile('typo.yaml', 'source: { kind: trace, path: x }\nmodes: observe\n');
    const { status, stderr } = run('recommend', '--config', file);
    expect(status).toBe(2);
    expect(stderr).toContain("modes: unknown key; did you mean 'mode'?");
  });

  test('no configuration at all', () => {
    const { status, stderr } = run('recommend');
    expect(status).toBe(2);
    expect(stderr).toContain('expected a configuration: give --config FILE, or set BAROGRAPH_CONFIG');
  });

  test('a file that is not there', () => {
    const { status, stderr } = run('serve', '--config', join(folder, 'none.yaml'));
    expect(status).toBe(2);
    expect(stderr).toContain('cannot read the configuration file');
  });
});

describe('failure ends with 1 and its code', () => {
  test('a folder of traces that is not there', () => {
    const knowledge = join(folder, 'knowledge');
    const file = configFile(
      'gone.yaml',
      `source: { kind: trace, path: ${folder}/none }\nknowledge: { kind: sqlite, path: ${knowledge} }\n`,
    );
    const { status, stderr } = run('train', '--once', '--config', file);
    expect(status).toBe(1);
    expect(stderr).toContain('expected a trace file or a folder of them');
    expect(stderr).toContain('the history could not be read from the trace source');
  });

  test('a history in which nothing is', () => {
    const traces = join(repository, 'data/demo-made-up');
    const lines = [`source: { kind: trace, path: ${traces} }`, `knowledge: { kind: sqlite, path: ${folder}/late }`];
    const file = configFile('late.yaml', [...lines, "clock: { start: '2030-01-10T09:00:00Z' }"].join('\n'));
    const { status, stderr } = run('train', '--once', '--config', file);
    expect(status).toBe(1);
    expect(stderr).toContain('has no series in the history');
  });

  test('a decision that is not known', () => {
    const file = configFile(
      'empty.yaml',
      `source: { kind: trace, path: x }\nknowledge: { kind: sqlite, path: ${folder}/empty }\n`,
    );
    const { status, stderr } = run('explain', 'decision', 'nothing', '--config', file);
    expect(status).toBe(1);
    expect(stderr).toContain("no decision 'nothing' in the knowledge base");
    expect(stderr).toContain('(DECISION_UNKNOWN)');
  });
});

test('what is asked for ends with 0', () => {
  expect(run('--version')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  expect(run('serve', '--help').status).toBe(0);
});

test('recommendations come from what was trained, and risks with them', () => {
  const file = configFile(
    'traces.yaml',
    [
      `source: { kind: trace, path: ${join(repository, 'data/demo-made-up')} }`,
      `knowledge: { kind: sqlite, path: ${folder}/trained }`,
      'training: { history: 3d }',
      "clock: { start: '2024-01-10T09:00:00Z' }",
    ].join('\n'),
  );
  expect(run('train', '--once', '--config', file).status).toBe(0);
  const { stdout } = run('recommend', '--config', file, '--output', 'json', '--namespace', 'shop');
  const rows = JSON.parse(stdout) as Record<string, unknown>[];
  expect(rows.length).toBeGreaterThan(5);
  expect(run('recommend', '--config', file).stdout).toContain('shop/Deployment/web/app');
  expect(run('models', '--config', file).stdout).toContain('shop/Deployment/web/app');
  expect(run('risks', '--config', file).status).toBe(0);
});
