import type { Benchmark, Row } from './benchmark.ts';
import { bodiesOf } from './extender/world.ts';
import { type Child, cpuOf, startChild, told } from './server/child.ts';
import { load, quantile } from './server/load.ts';
import { reviewsOf } from './server/reviews.ts';

const nodes = 5000;
const largeNodes = 100_000;
const workloads = 20_000;
const connectionCounts = [1, 4, 16];
const cellMilliseconds = 400;

/** The product over TLS on loopback, and beside it in the same run a bare server that parses and prints only. */
export const serverBenchmark: Benchmark = {
  name: 'server',
  description: `the whole service over TLS: extender calls on ${nodes} and ${largeNodes} nodes, reviews among ${workloads} workloads, start, swap`,
  async run() {
    const floor = await startChild('./floor.ts', []);
    try {
      return [...(await usual(floor)), ...(await large(floor))];
    } finally {
      floor.process.disconnect();
    }
  },
};

async function usual(floor: Child): Promise<readonly Row[]> {
  const service = await startChild('./service.ts', ['--nodes', `${nodes}`, '--workloads', `${workloads}`]);
  try {
    const rows: Row[] = [{ what: 'start to ready', milliseconds: rounded(service.serving.readyMilliseconds) }];
    for (const names of [100, 781, 5000]) rows.push(...(await extenderRows(service, floor, names)));
    const reviews = reviewsOf(1000, workloads);
    rows.push(...(await rowsOf(service, floor, { what: 'review' }, '/admission/pods', reviews)));
    service.process.send('publish');
    const { publishMilliseconds, swapMilliseconds } = await told(service.process, 'published');
    rows.push({ what: 'publish an Outlook', milliseconds: rounded(publishMilliseconds) });
    rows.push({ what: 'take it up', milliseconds: rounded(swapMilliseconds) });
    return rows;
  } finally {
    service.process.disconnect();
  }
}

async function large(floor: Child): Promise<readonly Row[]> {
  const args = ['--nodes', `${largeNodes}`, '--workloads', '100', '--pods-per-node', '1'];
  const service = await startChild('./service.ts', args);
  try {
    return await extenderRows(service, floor, largeNodes);
  } finally {
    service.process.disconnect();
  }
}

async function extenderRows(service: Child, floor: Child, names: number): Promise<readonly Row[]> {
  const bodies = bodiesOf(names);
  const rows: Row[] = [];
  for (const what of ['filter', 'prioritize']) {
    rows.push(...(await rowsOf(service, floor, { what, names }, `/extender/${what}`, bodies)));
  }
  return rows;
}

/** One after the other within a cell, so that a noisy machine is noisy for both. */
async function rowsOf(
  service: Child,
  floor: Child,
  what: Row,
  path: string,
  bodies: readonly Buffer[],
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const connections of connectionCounts) {
    for (const [server, child] of [
      ['barograph', service],
      ['no-op', floor],
    ] as const) {
      rows.push({ ...what, server, connections, ...(await cell(child, path, bodies, connections)) });
    }
  }
  return rows;
}

async function cell(child: Child, path: string, bodies: readonly Buffer[], connections: number): Promise<Row> {
  const { port, authority } = child.serving;
  const target = { port, authority, path };
  await load(target, bodies, connections, cellMilliseconds / 2);
  const before = await cpuOf(child);
  const durations = await load(target, bodies, connections, cellMilliseconds);
  const cpu = (await cpuOf(child)) - before;
  return {
    calls: durations.length,
    perSecond: Math.round((1000 * durations.length) / cellMilliseconds),
    p50Milliseconds: rounded(quantile(durations, 0.5)),
    p99Milliseconds: rounded(quantile(durations, 0.99)),
    cpuMillisecondsPerCall: rounded(cpu / durations.length),
  };
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
