import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bootstrap = fileURLToPath(new URL('../../bootstrap.mjs', import.meta.url));

/**
 * A package in a temporary folder with bootstrap.mjs and two dependencies that are folders of its own, so that a real `npm ci` needs no network:
 * `node`, which says that it is the package's own and goes on as the Node of this process, and the program `hello`.
 */
export function tinyPackage(): string {
  const root = mkdtempSync(join(tmpdir(), 'barograph-bootstrap-'));
  copyFileSync(bootstrap, join(root, 'bootstrap.mjs'));
  writeJson(join(root, 'package.json'), { ...identity('tiny'), type: 'module', devDependencies });
  dependency(root, 'node', `#!/bin/sh\nOWN_NODE=yes exec '${process.execPath}' "$@"\n`);
  dependency(root, 'hello', hello);
  writeLock(root, 'first');
  return root;
}

/** Another lock file that asks for the same. */
export function writeLock(root: string, name: string): void {
  const folder = (dependencyName: string) => ({
    [`node_modules/${dependencyName}`]: { resolved: `tools/${dependencyName}`, link: true },
    [`tools/${dependencyName}`]: { version: '1.0.0', dev: true, bin: { [dependencyName]: 'run' } },
  });
  const packages = { '': { ...identity(name), devDependencies }, ...folder('hello'), ...folder('node') };
  writeJson(join(root, 'package-lock.json'), { ...identity(name), lockfileVersion: 3, requires: true, packages });
}

/** A lock file that package.json has run ahead of: `npm ci` refuses it. */
export function writeOldLock(root: string): void {
  const packages = { '': identity('tiny') };
  writeJson(join(root, 'package-lock.json'), { ...identity('tiny'), lockfileVersion: 3, requires: true, packages });
}

const devDependencies = { hello: 'file:tools/hello', node: 'file:tools/node' };

// Says what it got; with `wait` it ends with 7 when it is asked to.
const hello = `#!/usr/bin/env node
const args = process.argv.slice(2);
if (args[0] === 'wait') {
  process.on('SIGTERM', () => process.exit(7));
  setInterval(() => undefined, 1000);
} else process.exitCode = Number(args[0] ?? 0);
console.log(JSON.stringify({ args, ownNode: process.env.OWN_NODE, path: process.env.PATH.split(':')[0] }));
`;

function identity(name: string): { name: string; version: string } {
  return { name, version: '1.0.0' };
}

function dependency(root: string, name: string, program: string): void {
  const folder = join(root, 'tools', name);
  mkdirSync(folder, { recursive: true });
  writeJson(join(folder, 'package.json'), { ...identity(name), bin: { [name]: 'run' } });
  writeFileSync(join(folder, 'run'), program);
  chmodSync(join(folder, 'run'), 0o755);
}

function writeJson(path: string, value: object): void {
  writeFileSync(path, `${JSON.stringify(value, undefined, 2)}\n`);
}
