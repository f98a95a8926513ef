import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { BarographError } from '../../src/core/errors.ts';
import { freePort } from './loopback.ts';

export interface PrometheusOptions {
  /** Scraped as one job, several times a second of the machine. */
  readonly targets?: readonly string[];
  readonly scrapeSeconds?: number;
  /** OpenMetrics lines (`metric{labels} value seconds`, no `# EOF`) that become blocks before the start; each series in ascending time. */
  readonly history?: Iterable<string> | AsyncIterable<string>;
  /** More arguments, such as `--query.max-samples=1000`. */
  readonly flags?: readonly string[];
  /** The text of a web configuration file; paths in it are relative to the folder. */
  readonly webConfig?: string;
  /** More files in the folder, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface RunningPrometheus {
  /** Of http, or of https where `webConfig` says so. */
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  readonly pid: number;
  /** What it logged so far. */
  log(): string;
  stop(): Promise<void>;
}

/** What scraped series get; series of `history` go on in what is scraped only if they have them too. */
export const targetLabels = { job: 'replay', instance: 'replay' } as const;

const startSeconds = 30;

/** Why tests that need a Prometheus must be skipped here; undefined when they can run. */
export function prometheusMissing(): string | undefined {
  const missing = ['prometheus', 'promtool'].filter((name) => spawnSync(name, ['--version']).status !== 0);
  return missing.length === 0 ? undefined : `${missing.join(' and ')} not installed (Debian package prometheus)`;
}

/** Starts a Prometheus of its own on a free port of the loopback interface, in a temporary folder that stop() removes. */
export async function startPrometheus(options: PrometheusOptions = {}): Promise<RunningPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'barograph-prometheus-'));
  try {
    for (const [name, text] of Object.entries(options.files ?? {})) writeFileSync(join(folder, name), text);
    mkdirSync(join(folder, 'data'));
    if (options.history !== undefined) await writeBlocks(folder, options.history);
    writeFileSync(join(folder, 'prometheus.yml'), configOf(options));
    if (options.webConfig !== undefined) writeFileSync(join(folder, 'web.yml'), options.webConfig);
    return await launch(folder, options);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Replayed times lie in the past, but the server's own series (`up`) are of now: without the window it would refuse what is so much older. */
function configOf({ targets = [], scrapeSeconds = 0.5 }: PrometheusOptions): string {
  return JSON.stringify({
    global: { scrape_interval: `${scrapeSeconds * 1000}ms`, scrape_timeout: `${scrapeSeconds * 1000}ms` },
    storage: { tsdb: { out_of_order_time_window: '20y' } },
    scrape_configs:
      targets.length === 0 ? [] : [{ job_name: 'replay', static_configs: [{ targets, labels: targetLabels }] }],
  });
}

async function writeBlocks(folder: string, history: Iterable<string> | AsyncIterable<string>): Promise<void> {
  const file = join(folder, 'history.om');
  await pipeline(Readable.from(withEnd(history)), createWriteStream(file));
  // Long blocks: the file is read once for each of them.
  const duration = ['--max-block-duration', '486h'];
  const args = ['tsdb', 'create-blocks-from', ...duration, '-q', 'openmetrics', file, join(folder, 'data')];
  await promisify(execFile)('promtool', args, { maxBuffer: 2 ** 26 });
  rmSync(file);
}

async function* withEnd(lines: Iterable<string> | AsyncIterable<string>): AsyncGenerator<string> {
  let chunk = '';
  for await (const line of lines) {
    chunk += `${line}\n`;
    if (chunk.length < 2 ** 16) continue;
    yield chunk;
    chunk = '';
  }
  yield `${chunk}# EOF\n`;
}

async function launch(folder: string, { webConfig, flags = [] }: PrometheusOptions): Promise<RunningPrometheus> {
  const port = await freePort();
  const args = [
    '--config.file=prometheus.yml',
    '--storage.tsdb.path=data',
    '--storage.tsdb.retention.time=100y',
    `--web.listen-address=127.0.0.1:${port}`,
    '--web.enable-lifecycle',
    ...(webConfig === undefined ? [] : ['--web.config.file=web.yml']),
    ...flags,
  ];
  const child = spawn('prometheus', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    log += chunk.toString('utf8');
  });
  const stop = async (): Promise<void> => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  await ready(child, () => log);
  const scheme = webConfig?.includes('tls_server_config') === true ? 'https' : 'http';
  return { url: `${scheme}://127.0.0.1:${port}`, port, folder, pid: child.pid ?? 0, log: () => log, stop };
}

// Asking it would need the credentials that a test gives it; it says itself when it is ready.
async function ready(child: ChildProcess, log: () => string): Promise<void> {
  const deadline = performance.now() + startSeconds * 1000;
  while (!log().includes('Server is ready to receive web requests')) {
    if (child.exitCode !== null || performance.now() > deadline) {
      await end(child);
      throw new BarographError('INTERNAL', `expected Prometheus to start, it said: ${log().slice(-2000)}`);
    }
    await sleep(20);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(late);
}
