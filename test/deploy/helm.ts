import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cacheFolder } from '../cluster/folders.ts';

const run = promisify(execFile);
const module = fileURLToPath(new URL('./helm', import.meta.url));
const folder = join(cacheFolder(), 'helm');
const binary = join(folder, 'helm');
const stampFile = join(folder, 'built-from');

export const chartFolder = fileURLToPath(new URL('../../deploy/chart', import.meta.url));
/** For a hook that builds helm at first: some minutes. */
export const helmBuildMilliseconds = 900_000;

/** Why tests of the chart must be skipped here; undefined when they can run. */
export function helmUnavailable(): string | undefined {
  if (isCurrent() || spawnSync('go', ['version'], { stdio: 'ignore' }).status === 0) return undefined;
  return '`helm` is not built and `go` is not installed';
}

/** Builds helm from the go.mod beside this file, unless that was done. */
export async function ensureHelm(): Promise<void> {
  if (isCurrent()) return;
  mkdirSync(folder, { recursive: true });
  const beside = join(folder, `helm.${process.pid}`);
  const args = ['build', '-trimpath', '-ldflags', '-s -w', '-o', beside, 'helm.sh/helm/v4/cmd/helm'];
  await run('go', args, { cwd: module, maxBuffer: 2 ** 26 });
  renameSync(beside, binary);
  writeFileSync(stampFile, stamp());
}

/** Runs helm with a home of its own. Rejects with what it said. */
export async function helm(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const home = { HELM_CACHE_HOME: folder, HELM_CONFIG_HOME: folder, HELM_DATA_HOME: folder };
  const { stdout } = await run(binary, args, { env: { ...process.env, ...home, ...environment }, maxBuffer: 2 ** 26 });
  return stdout;
}

function isCurrent(): boolean {
  return existsSync(binary) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp();
}

function stamp(): string {
  return createHash('sha256')
    .update(readFileSync(join(module, 'go.sum')))
    .digest('hex');
}
