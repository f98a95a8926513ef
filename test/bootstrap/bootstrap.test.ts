import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tinyPackage, writeLock, writeOldLock } from './tiny-package.ts';

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const windows = process.platform === 'win32' ? 'the package of this test has programs that Windows cannot start' : '';

describe.skipIf(windows !== '')(`bootstrap.mjs${windows === '' ? '' : ` (${windows})`}`, () => {
  let root: string;

  beforeAll(() => {
    root = tinyPackage();
  });

  afterAll(() => rmSync(root, { recursive: true, force: true }));

  function start(...args: string[]) {
    const env = { ...process.env, npm_config_offline: 'true', npm_config_cache: join(root, 'npm-cache') };
    return spawn(process.execPath, [join(root, 'bootstrap.mjs'), ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  async function run(...args: string[]): Promise<Run> {
    const child = start(...args);
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => {
      stdout += String(chunk);
    });
    child.stderr.on('data', (chunk) => {
      stderr += String(chunk);
    });
    const [code] = await once(child, 'close');
    return { code, stdout, stderr };
  }

  test('installs what is missing, then runs the program on the Node of the package', async () => {
    const { code, stdout, stderr } = await run('hello', '0', '--flag', 'a b');
    expect(stderr).toMatch(/does not match package-lock\.json, running npm ci[\s\S]*installed in \d+ s/);
    const path = join(root, 'node_modules/.bin');
    expect(JSON.parse(stdout)).toEqual({ args: ['0', '--flag', 'a b'], ownNode: 'yes', path });
    expect(code).toBe(0);
  }, 60_000);

  test('says nothing and installs nothing when all is there', async () => {
    expect((await run('hello')).stderr).toBe('');
  });

  test('ends as the program ends', async () => {
    expect((await run('hello', '3')).code).toBe(3);
    expect((await run('node', '-e', 'process.exit(4)')).code).toBe(4);
  });

  test('passes on the signal that it gets, and waits for the end', async () => {
    const child = start('hello', 'wait');
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([7, null]);
  });

  test('installs anew when the lock file has changed', async () => {
    writeLock(root, 'second');
    expect((await run('hello')).stderr).toContain('running npm ci');
    expect((await run('hello')).stderr).toBe('');
  }, 60_000);

  test('installs anew when the Node of the package is gone', async () => {
    rmSync(join(root, 'node_modules/.bin/node'));
    const { code, stderr } = await run('hello');
    expect(stderr).toContain('running npm ci');
    expect(code).toBe(0);
  }, 60_000);

  test('says why it could not install, starts nothing, and tries again the next time', async () => {
    writeOldLock(root);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const { code, stdout, stderr } = await run('hello');
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/npm error[\s\S]*barograph: could not install: npm ci ended with \d+/);
    }
    expect(existsSync(join(root, 'node_modules/.bin/hello'))).toBe(true);
  }, 60_000);
});
