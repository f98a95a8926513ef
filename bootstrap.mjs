// Runs a command of this package on the Node that the package brings, after `npm ci` where the tree is missing or
// out of date. Plain JavaScript without dependencies: it is all that runs on whatever Node is installed (20 or newer).
//   node bootstrap.mjs COMMAND [ARG …]      COMMAND: `node`, or the name of a program in node_modules/.bin
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));
const modules = join(root, 'node_modules');
const stamp = join(modules, '.barograph-lock');
const bin = join(modules, '.bin');

function lockDigest() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

function isInstalled(digest) {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === digest && existsSync(join(bin, 'node'));
}

function install(digest) {
  process.stderr.write('barograph: node_modules does not match package-lock.json, running npm ci …\n');
  const started = Date.now();
  const result = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (result.error !== undefined || result.status !== 0) {
    const why = result.error?.message ?? `npm ci ended with ${result.status}`;
    process.stderr.write(`barograph: could not install: ${why}. Run \`npm ci\` here to see what it says.\n`);
    process.exit(1);
  }
  writeFileSync(stamp, digest);
  process.stderr.write(`barograph: installed in ${Math.round((Date.now() - started) / 1000)} s\n`);
}

function resolveCommand(name) {
  const node = join(bin, 'node');
  const flags = ['--disable-warning=ExperimentalWarning'];
  // As in the first line of src/cli/main.ts: a server's calls leave garbage, which is collected less often where there is more room for it.
  return name === 'node'
    ? [node, [...flags, '--max-semi-space-size=32']]
    : [node, [...flags, realpathSync(join(bin, name))]];
}

const digest = lockDigest();
if (!isInstalled(digest)) install(digest);
const [name = 'node', ...rest] = process.argv.slice(2);
if (name === 'tsc' || name === 'biome') run(join(bin, name), rest);
else {
  const [command, flags] = resolveCommand(name);
  run(command, [...flags, ...rest]);
}

function run(command, args) {
  const child = spawn(command, args, {
    stdio: 'inherit',
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  if (process.env.npm_lifecycle_event !== undefined) endWithParent(child);
  child.on('error', (error) => {
    process.stderr.write(`barograph: cannot start ${command}: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)));
}

/** npm stops the shell that a script runs in, which tells nobody: what it ran goes on under another parent. */
function endWithParent(child) {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) child.kill('SIGTERM');
  }, 500).unref();
}
