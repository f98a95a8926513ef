import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Benchmark, Row } from './benchmark.ts';
import { type Child, startChild } from './server/child.ts';
import { load, quantile } from './server/load.ts';
import { reviewsOf } from './server/reviews.ts';
import { median, rounded } from './stopwatch.ts';

const workloads = 2000;
const rounds = 5;
const cellMilliseconds = 3000;

/** What others pay while somebody sends what is too large or too slow; in turns, so that a noisy machine is noisy for all. */
export const bodiesBenchmark: Benchmark = {
  name: 'bodies',
  description:
    'reviews alone, beside four senders of 10 MB bodies, and beside forty slow ones: p50 and p99 (by name only)',
  isLong: true,
  async run() {
    const service = await startChild('./service.ts', ['--nodes', '100', '--workloads', `${workloads}`]);
    try {
      const cells: Record<string, (readonly number[])[]> = { alone: [], large: [], slow: [] };
      for (let round = 0; round < rounds; round += 1) {
        for (const kind of Object.keys(cells)) cells[kind]?.push(await cell(service, kind));
      }
      const alone = p99Of(cells.alone ?? []);
      return Object.entries(cells).map(([kind, times]): Row => {
        const p99 = p99Of(times);
        return {
          beside: kind,
          calls: times.reduce((sum, { length }) => sum + length, 0),
          p50Milliseconds: rounded(median(times.map((one) => quantile(one, 0.5)))),
          p99Milliseconds: rounded(p99),
          p99Ratio: rounded(p99 / alone),
        };
      });
    } finally {
      service.process.disconnect();
    }
  },
};

function p99Of(times: readonly (readonly number[])[]): number {
  return median(times.map((one) => quantile(one, 0.99)));
}

async function cell({ serving }: Child, kind: string): Promise<readonly number[]> {
  const { port, authority } = serving;
  const attack = kind === 'alone' ? undefined : startAttack(kind, port);
  await sleep(300);
  const bodies = reviewsOf(500, workloads);
  const times = await load({ port, authority, path: '/admission/pods' }, bodies, 4, cellMilliseconds);
  if (attack !== undefined) await end(attack);
  return times;
}

function startAttack(kind: string, port: number): ChildProcess {
  const file = fileURLToPath(new URL('./server/attack.ts', import.meta.url));
  return fork(file, [kind, `${port}`], { execArgv: ['--disable-warning=ExperimentalWarning'] });
}

async function end(attack: ChildProcess): Promise<void> {
  const ended = once(attack, 'exit');
  attack.disconnect();
  await ended;
}
