import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Benchmark, Row } from './benchmark.ts';
import { load, quantile } from './extender/load.ts';
import type { ServerName, Told } from './extender/server.ts';
import { bodiesOf, startExtender } from './extender/world.ts';

const fleet = 5000;
const largeFleet = 100_000;
// What kube-scheduler sends: small clusters, its sample of 5,000 nodes at most, and all of them.
const sizes = [100, 781, 5000];
const verbs = ['filter', 'prioritize'] as const;
const connectionCounts = [1, 4, 16];
const servers: readonly ServerName[] = ['barograph', 'no-op', 'floor'];
const functionMilliseconds = 1000;
const servedMilliseconds = 500;

/** What filter and prioritize cost: as functions, and over TLS on loopback against a server that parses and prints only, and one that does nothing. */
export const extenderBenchmark: Benchmark = {
  name: 'extender',
  description: `filter and prioritize on a fleet of ${fleet} nodes, by names in a call`,
  async run() {
    const served = await overTls();
    return [...asFunctions(fleet, 4, sizes), ...asFunctions(largeFleet, 1, [largeFleet]), ...served];
  },
};

function asFunctions(nodes: number, podsPerNode: number, sizes: readonly number[]): readonly Row[] {
  const extender = startExtender(nodes, podsPerNode);
  const rows: Row[] = [];
  for (const verb of verbs) {
    for (const size of sizes) {
      const bodies = bodiesOf(size);
      const each = (milliseconds: number): number[] => timed((body) => extender[verb](body), bodies, milliseconds);
      each(functionMilliseconds / 2);
      const before = process.cpuUsage();
      const durations = each(functionMilliseconds);
      const { user, system } = process.cpuUsage(before);
      rows.push(rowOf('function', verb, size, 1, durations, (user + system) / 1000, functionMilliseconds));
    }
  }
  extender.close();
  return rows;
}

function timed(answer: (body: Buffer) => Buffer, bodies: readonly Buffer[], milliseconds: number): number[] {
  const durations: number[] = [];
  const end = performance.now() + milliseconds;
  for (let next = 0; performance.now() < end; next += 1) {
    const body = bodies[next % bodies.length] ?? Buffer.alloc(0);
    const began = performance.now();
    answer(body);
    durations.push(performance.now() - began);
  }
  return durations;
}

async function overTls(): Promise<readonly Row[]> {
  const child = fork(fileURLToPath(new URL('./extender/server.ts', import.meta.url)), [String(fleet)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  try {
    const serving = await told(child, 'serving');
    const rows: Row[] = [];
    for (const size of sizes) {
      const bodies = bodiesOf(size);
      for (const verb of verbs) {
        for (const connections of connectionCounts) {
          // One after the other within a cell, so that a noisy machine is noisy for all.
          for (const server of servers) {
            const target = { port: serving.ports[server], authority: serving.authority, path: `/extender/${verb}` };
            await load(target, bodies, connections, servedMilliseconds / 4);
            const before = await cpuOf(child);
            const durations = await load(target, bodies, connections, servedMilliseconds);
            const cpu = (await cpuOf(child)) - before;
            rows.push(rowOf(server, verb, size, connections, durations, cpu, servedMilliseconds));
          }
        }
      }
    }
    return rows;
  } finally {
    child.kill();
  }
}

async function cpuOf(child: ChildProcess): Promise<number> {
  child.send('cpu');
  return (await told(child, 'cpu')).milliseconds;
}

async function told<K extends Told['kind']>(child: ChildProcess, kind: K): Promise<Extract<Told, { kind: K }>> {
  for (;;) {
    const [message] = (await once(child, 'message')) as [Told];
    if (message.kind === kind) return message as Extract<Told, { kind: K }>;
  }
}

function rowOf(
  server: ServerName | 'function',
  verb: string,
  names: number,
  connections: number,
  durations: readonly number[],
  cpuMilliseconds: number,
  wallMilliseconds: number,
): Row {
  return {
    server,
    verb,
    names,
    connections,
    calls: durations.length,
    perSecond: Math.round((1000 * durations.length) / wallMilliseconds),
    p50Milliseconds: rounded(quantile(durations, 0.5)),
    p99Milliseconds: rounded(quantile(durations, 0.99)),
    cpuMillisecondsPerCall: rounded(cpuMilliseconds / durations.length),
  };
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
