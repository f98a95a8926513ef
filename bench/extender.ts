import type { Benchmark, Row } from './benchmark.ts';
import { bodiesOf, startExtender } from './extender/world.ts';
import { quantile } from './server/load.ts';

const fleet = 5000;
const largeFleet = 100_000;
// What kube-scheduler sends: small clusters, its sample of 5,000 nodes at most, and all of them.
const sizes = [100, 781, 5000];
const verbs = ['filter', 'prioritize'] as const;
const milliseconds = 1000;

/** What filter and prioritize cost as functions, without a server around them. */
export const extenderBenchmark: Benchmark = {
  name: 'extender',
  description: `filter and prioritize as functions, on fleets of ${fleet} and ${largeFleet} nodes, by names in a call`,
  async run() {
    return [...asFunctions(fleet, 4, sizes), ...asFunctions(largeFleet, 1, [largeFleet])];
  },
};

function asFunctions(nodes: number, podsPerNode: number, sizes: readonly number[]): readonly Row[] {
  const extender = startExtender(nodes, podsPerNode);
  const rows: Row[] = [];
  for (const verb of verbs) {
    for (const names of sizes) {
      const bodies = bodiesOf(names);
      const answer = (body: Buffer): void => extender.sent(extender[verb](body));
      timed(answer, bodies, milliseconds / 2);
      const before = process.cpuUsage();
      const durations = timed(answer, bodies, milliseconds);
      const { user, system } = process.cpuUsage(before);
      rows.push({
        verb,
        nodes,
        names,
        calls: durations.length,
        p50Milliseconds: rounded(quantile(durations, 0.5)),
        p99Milliseconds: rounded(quantile(durations, 0.99)),
        cpuMillisecondsPerCall: rounded((user + system) / 1000 / durations.length),
      });
    }
  }
  extender.close();
  return rows;
}

function timed(answer: (body: Buffer) => void, bodies: readonly Buffer[], milliseconds: number): number[] {
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

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
