import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqlite } from '../src/knowledge/sqlite.ts';
import { Training } from '../src/train/training.ts';
import type { Benchmark, Row } from './benchmark.ts';
import { startSeconds, stepSeconds, stepsPerDay, usage } from './series.ts';
import { median, rounded, timed } from './stopwatch.ts';

const containerCounts = [200, 2000];
const historyDays = 2;
const liveSteps = 5;

/** How fast history is learned, and what a step costs once it is: taking it, making the Outlook, keeping both in SQLite. */
export const trainBenchmark: Benchmark = {
  name: 'train',
  description: `training on one thread: ${historyDays} days of history, then ${liveSteps} steps as they come`,
  async run() {
    const rows: Row[] = [];
    for (const containers of containerCounts) rows.push(await trained(containers));
    return rows;
  },
};

async function trained(containers: number): Promise<Row> {
  const folder = await mkdtemp(join(tmpdir(), 'barograph-bench-'));
  const knowledge = await openSqlite(folder);
  try {
    const training = new Training({
      stepSeconds,
      outlookStepSeconds: 1800,
      outlookSteps: 24,
      forgetAfterSeconds: 1e7,
      promised: { cpu: 0.01, memory: 0.001 },
      renewedSeconds: 86_400,
    });
    const historySteps = historyDays * stepsPerDay;
    const history = await learnHistory(training, containers, historySteps);
    const live = await liveStepsOf(training, containers, historySteps, knowledge.publish.bind(knowledge));
    const checkpoint = await timed(() => training.checkpoint());
    const models = checkpoint.result?.checkpoint.models ?? [];
    const stateBytes = models.reduce((sum, { state }) => sum + state.byteLength, 0);
    const saved = await timed(() =>
      checkpoint.result ? knowledge.saveCheckpoint(checkpoint.result.checkpoint) : undefined,
    );
    return {
      containers,
      seriesStepsPerSecond: Math.round((1000 * 2 * containers * historySteps) / history),
      stepMilliseconds: rounded(live.step),
      outlookMilliseconds: rounded(live.outlook),
      publishMilliseconds: rounded(live.publish),
      checkpointMilliseconds: rounded(checkpoint.milliseconds + saved.milliseconds),
      stateBytesPerContainer: Math.round(stateBytes / containers),
      databaseMegabytes: rounded((await bytesIn(folder)) / 1e6),
    };
  } finally {
    await knowledge.close();
    await rm(folder, { recursive: true });
  }
}

/** Milliseconds for the history, a quarter of a day at a time; making up the measurements is not counted. */
async function learnHistory(training: Training, containers: number, steps: number): Promise<number> {
  let milliseconds = 0;
  for (let step = 0; step < steps; step += stepsPerDay / 4) {
    const batch = usage(containers, step, stepsPerDay / 4);
    milliseconds += (await timed(() => training.take(batch))).milliseconds;
  }
  return milliseconds;
}

type Publish = (made: NonNullable<ReturnType<Training['outlook']>>) => Promise<void>;

async function liveStepsOf(training: Training, containers: number, fromStep: number, publish: Publish) {
  const times = { step: [] as number[], outlook: [] as number[], publish: [] as number[] };
  for (let i = 0; i < liveSteps; i += 1) {
    const batch = usage(containers, fromStep + i, 1);
    times.step.push((await timed(() => training.take(batch))).milliseconds);
    const nowSeconds = startSeconds + (fromStep + i + 1) * stepSeconds;
    const made = await timed(() => training.outlook(i + 1, nowSeconds));
    times.outlook.push(made.milliseconds);
    const outlook = made.result;
    if (outlook === undefined) continue;
    times.publish.push((await timed(() => publish(outlook))).milliseconds);
  }
  return { step: median(times.step), outlook: median(times.outlook), publish: median(times.publish) };
}

/** With the write-ahead log beside the database. */
async function bytesIn(folder: string): Promise<number> {
  const files = await readdir(folder);
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
