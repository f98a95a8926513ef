import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { requestJson } from '../src/cli/request-json.ts';
import { BarographError } from '../src/core/errors.ts';
import { type Cluster, startCluster } from '../test/cluster/start.ts';
import { commandLine } from '../test/journey/support/run-cli.ts';
import { freePort } from '../test/support/loopback.ts';
import type { Benchmark, Row } from './benchmark.ts';
import { createFleet } from './start/fleet.ts';
import { fillKnowledge } from './start/knowledge.ts';
import { median, rounded } from './stopwatch.ts';

const fleet = { pods: 20_000, nodes: 1000, namespaces: 50 };
const historySteps = 288;
const starts = 3;
const mebibyte = 2 ** 20;

/** `barograph serve` beside a real API server of that size and a knowledge base of as many models, killed and started again. */
export const startBenchmark: Benchmark = {
  name: 'start',
  description: `${fleet.pods} pods on a real API server and as many models: from a kill to ready, heap of the watches (by name only)`,
  isLong: true,
  async run() {
    const folder = await mkdtemp(join(tmpdir(), 'barograph-bench-'));
    const cluster = await startCluster();
    try {
      say(`creating ${fleet.pods} pods`);
      await createFleet(cluster, fleet);
      say('training');
      const knownSeconds = await fillKnowledge(join(folder, 'knowledge'), fleet.pods, historySteps);
      const rows: Row[] = [await watchesRow(cluster)];
      rows.push(await readyRow(await configure(folder, cluster, knownSeconds), cluster.token));
      return rows;
    } finally {
      await cluster.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function watchesRow({ kubeconfig }: Cluster): Promise<Row> {
  const program = fileURLToPath(new URL('./start/watches.ts', import.meta.url));
  const args = ['--expose-gc', '--disable-warning=ExperimentalWarning', program, kubeconfig];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const { heapBytes, highestBytes, milliseconds } = JSON.parse(stdout) as Record<string, number>;
  return {
    what: 'watches',
    milliseconds: rounded(milliseconds ?? Number.NaN),
    'heap kept (MiB)': rounded((heapBytes ?? Number.NaN) / mebibyte),
    'heap while reading (MiB)': rounded((highestBytes ?? Number.NaN) / mebibyte),
  };
}

interface Installed {
  readonly configFile: string;
  readonly url: string;
}

async function configure(folder: string, cluster: Cluster, knownSeconds: number): Promise<Installed> {
  const address = `127.0.0.1:${await freePort()}`;
  const configFile = join(folder, 'barograph.yaml');
  const config = {
    // Nothing more is to be learned.
    source: { kind: 'trace', path: await mkdtemp(join(folder, 'trace-')) },
    server: { address, certs: join(folder, 'certs') },
    kubernetes: { kubeconfig: cluster.kubeconfig },
    knowledge: { kind: 'sqlite', path: join(folder, 'knowledge') },
    clock: { start: new Date((knownSeconds + 60) * 1000).toISOString() },
    outlook: { maxAge: '1d' },
    log: { level: 'warn' },
  };
  await writeFile(configFile, stringify(config));
  return { configFile, url: `https://${address}` };
}

async function readyRow({ configFile, url }: Installed, token: string): Promise<Row> {
  const times: number[] = [];
  let resident = 0;
  // The first one makes certificates.
  for (let start = 0; start <= starts; start += 1) {
    const began = performance.now();
    const child = serve(configFile);
    await ready(url, child);
    if (start > 0) times.push(performance.now() - began);
    const status = (await requestJson(`${url}/api/v1/status`, { authority: await authorityOf(configFile), token })) as {
      outlook: { containers: number } | null;
    };
    if (status.outlook?.containers !== fleet.pods) {
      throw new BarographError('INTERNAL', `expected forecasts of ${fleet.pods}, received ${JSON.stringify(status)}`);
    }
    resident = await residentBytes(child);
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
  return {
    what: 'from the start of the process to ready, after a kill',
    milliseconds: Math.round(median(times)),
    slowestMilliseconds: Math.round(Math.max(...times)),
    'resident (MiB)': Math.round(resident / mebibyte),
  };
}

function serve(configFile: string): ChildProcess {
  const args = [...commandLine, 'serve', '--config', configFile];
  return spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  while ((await statusOf(`${url}/readyz`)) !== 200) {
    if (child.exitCode !== null) throw new BarographError('INTERNAL', `serve ended with ${child.exitCode}`);
    await sleep(20);
  }
}

/** undefined while nobody listens. Whose certificate it is does not matter to whether it is ready. */
function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const call = get(url, { rejectUnauthorized: false, agent: false, timeout: 5000 }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    call.on('timeout', () => call.destroy());
    call.on('error', () => resolve(undefined));
  });
}

async function authorityOf(configFile: string): Promise<string> {
  return readFile(join(configFile, '../certs/ca.crt'), 'utf8');
}

async function residentBytes({ pid }: ChildProcess): Promise<number> {
  const [, kibibytes = ''] = /VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) * 1024;
}

function say(what: string): void {
  process.stderr.write(`start: ${what} …\n`);
}
