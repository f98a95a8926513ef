import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BarographError } from '../../src/core/errors.ts';
import { levels } from './levels.ts';
import { horizonSteps, originsOf } from './origins.ts';
import { type LoadSeries, stepsPerDay } from './series.ts';

const script = fileURLToPath(new URL('peers.py', import.meta.url));
const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));
const folder = join(tmpdir(), 'barograph-bench-forecast');
/** Steps of history that a peer is fitted on: two weeks. Theirs costs seconds a fit. */
const most = 14 * stepsPerDay;

/** Models of statsforecast, with their own intervals and with conformal ones. */
export const peerNames = ['seasonal-naive', 'auto-ets', 'auto-theta', 'mstl'].flatMap((name) => [
  name,
  `${name} conformal`,
]);

/** `values[((peer * origins + origin) * horizonSteps + step) * levels.length + level]`, NaN where a model failed. */
export type PeerForecasts = Float32Array;

/**
 * What the peers say of each series, from a cache in the temporary folder by what it was made from, else computed by Python in a virtual
 * environment there. undefined, with the reason on stderr, when there is no Python or the package cannot be had.
 */
export async function peerForecasts(series: readonly LoadSeries[]): Promise<readonly PeerForecasts[] | undefined> {
  const files = series.map(fileOf);
  const missing = [...files.keys()].filter((i) => !existsSync(files[i] ?? ''));
  if (missing.length > 0) {
    try {
      await compute(missing.map((i) => jobOf(series[i], files[i])));
    } catch (error) {
      process.stderr.write(`the peers are left out: ${(error as Error).message}\n`);
      return undefined;
    }
  }
  return files.map((file) => {
    const bytes = readFileSync(file);
    return new Float32Array(new Uint8Array(bytes).buffer);
  });
}

function jobOf(series: LoadSeries | undefined, out: string | undefined) {
  if (series === undefined) return undefined;
  return { out, values: [...series.values].map((v) => (Number.isNaN(v) ? null : v)), origins: originsOf(series) };
}

/** A file's name is the checksum of everything that its content depends on. */
export function fileOf(series: LoadSeries): string {
  const hash = createHash('sha256');
  for (const part of [script, requirements]) hash.update(readFileSync(part));
  hash.update(JSON.stringify([[...levels], horizonSteps, most, peerNames, originsOf(series)]));
  hash.update(new Uint8Array(series.values.buffer, series.values.byteOffset, series.values.byteLength));
  return join(folder, `${hash.digest('hex').slice(0, 32)}.f32`);
}

async function compute(jobs: readonly unknown[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const python = join(await environment(), 'bin', 'python');
  process.stderr.write(`fitting ${peerNames.length} peers on ${jobs.length} series: seconds to a minute each …\n`);
  const plan = {
    levels: [...levels],
    steps: horizonSteps,
    season: stepsPerDay,
    most,
    peers: peerNames,
    workers: 2,
    jobs,
  };
  await run(python, [script], JSON.stringify(plan));
}

/** The virtual environment of the pinned requirements; made when it is not there. */
async function environment(): Promise<string> {
  const pinned = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 16);
  const home = join(folder, `python-${pinned}`);
  if (existsSync(join(home, 'ready'))) return home;
  process.stderr.write('installing statsforecast into a virtual environment …\n');
  await run('python3', ['-m', 'venv', home]);
  await run(join(home, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
  await run(join(home, 'bin', 'python'), ['-c', `open(${JSON.stringify(join(home, 'ready'))}, 'w').close()`]);
  return home;
}

/** Runs a program to its end; what it prints goes to stderr. Throws POLICY_FAILED when it fails. */
function run(program: string, args: readonly string[], input = ''): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const failed = (why: string, cause?: unknown): void =>
      reject(new BarographError('POLICY_FAILED', `${program} ${args[0] ?? ''}: ${why}`, { cause }));
    child.stdout.pipe(process.stderr, { end: false });
    child.on('error', (error) => failed(error.message, error));
    child.on('close', (code) => (code === 0 ? resolve() : failed(`ended with ${code}`)));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
