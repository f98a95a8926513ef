import { afterEach, beforeEach, expect, test } from 'vitest';
import { manualClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/log.ts';
import type { Checkpoint, JournalEntry, KnowledgeBase, StoredModel } from '../../src/knowledge/knowledge.ts';
import { openSqlite } from '../../src/knowledge/sqlite.ts';
import { Training } from '../../src/train/training.ts';
import { TrainingLoop, type TrainingStatus } from '../../src/train/training-loop.ts';
import { waitFor } from '../cluster/wait-for.ts';
import { keyOf, MemorySource } from '../support/usage.ts';

const start = 1_700_000_100;
const historySeconds = 3 * 86_400;
const pods = ['checkout', 'cart'].map((name) => ({
  key: keyOf(name),
  pod: `${name}-0`,
  cpu: (time: number) => 100 + ((time / 300) % 13) * 10,
  memory: (time: number) => 2e8 + ((time / 300) % 31) * 1e6,
}));

let clock: ReturnType<typeof manualClock>;
let knowledge: KnowledgeBase;
let source: MemorySource;
let status: TrainingStatus | undefined;

beforeEach(async () => {
  clock = manualClock(start);
  knowledge = await openSqlite(':memory:');
  source = new MemorySource(pods, () => clock.nowSeconds());
  status = undefined;
});

afterEach(() => knowledge.close());

interface Running {
  /** Ends it cleanly, with a last checkpoint. */
  stop(): Promise<void>;
}

async function run(): Promise<Running> {
  const training = new Training(
    {
      stepSeconds: 300,
      outlookStepSeconds: 1800,
      outlookSteps: 4,
      forgetAfterSeconds: 14 * 86_400,
      promised: { cpu: 0.01, memory: 0.001 },
      renewedSeconds: 86_400,
    },
    await knowledge.trainedToSeconds(),
  );
  const closing = new AbortController();
  const loop = new TrainingLoop({
    source,
    knowledge,
    training,
    clock,
    logger: silentLogger,
    stepSeconds: 300,
    historySeconds,
    delaySeconds: 30,
    pauseMilliseconds: 20,
    report: (now) => {
      status = now;
    },
  });
  const running = loop.run(closing.signal);
  return {
    stop: () => {
      closing.abort();
      return running;
    },
  };
}

/** Sets the clock to just after a step's end and waits until that step is learned. */
async function stepTo(seconds: number): Promise<void> {
  clock.set(seconds + 31);
  const end = Math.floor((seconds + 1) / 300) * 300;
  await waitFor(() => (status?.trainedToSeconds ?? 0) >= end, 5, `training to reach ${end}`, 5);
}

async function modelsAfter(steps: readonly number[], disturb: (step: number) => Promise<void>): Promise<StoredModel[]> {
  const running = await run();
  await stepTo(start);
  for (const step of steps) {
    await disturb(step);
    await stepTo(start + step * 300);
  }
  await running.stop();
  const models = await Array.fromAsync(knowledge.models());
  return models;
}

test('reads its history, publishes, and then learns each new step', async () => {
  const running = await run();
  await stepTo(start);
  await waitFor(() => status?.version === 1, 5, 'the first Outlook');
  expect(status).toMatchObject({ containers: 2, failures: { source: 0, knowledge: 0, state: 0 } });
  const before = await knowledge.outlook();
  await stepTo(start + 300);
  await waitFor(() => status?.version === 2, 5, 'the second Outlook');
  const after = await knowledge.outlook();
  expect((after?.dataSeconds ?? 0) - (before?.dataSeconds ?? 0)).toBe(300);
  expect((await knowledge.forecast('shop/Deployment/cart/app'))?.version).toBe(2);
  await running.stop();
});

test('a source that is down for an hour loses nothing', async () => {
  const steps = Array.from({ length: 16 }, (_, i) => i + 1);
  const undisturbed = await modelsAfter(steps, async () => undefined);
  await knowledge.close();
  knowledge = await openSqlite(':memory:');
  clock.set(start);
  status = undefined;
  const disturbed = await modelsAfter([3, 16], async (step) => {
    if (step !== 16) return;
    source.isDown = true;
    clock.set(start + 15 * 300 + 31);
    await waitFor(() => (status?.failures.source ?? 0) >= 3, 5, 'failed reads');
    source.isDown = false;
  });
  expect(disturbed).toEqual(undisturbed);
});

test('a clock that jumps ahead by a day and comes back invents nothing and loses nothing', async () => {
  const undisturbed = await modelsAfter([1, 2, 3], async () => undefined);
  await knowledge.close();
  knowledge = await openSqlite(':memory:');
  clock.set(start);
  status = undefined;
  let wall = start;
  source = new MemorySource(pods, () => Math.min(wall, clock.nowSeconds()));
  const disturbed = await modelsAfter([1, 2, 3], async (step) => {
    wall = start + step * 300 + 31;
    if (step !== 2) return;
    wall -= 300;
    const reads = source.reads;
    clock.set(start + 86_400);
    await waitFor(() => source.reads > reads, 5, 'a read into the future');
    expect(status?.trainedToSeconds).toBeLessThanOrEqual(start + 300);
    clock.set(start - 7200);
    wall += 300;
  });
  expect(disturbed).toEqual(undisturbed);
});

test('what was journalled is there after a process that ended without a word', async () => {
  const steps = [1, 2, 3, 4, 5];
  const undisturbed = await modelsAfter(steps, async () => undefined);
  await knowledge.close();
  knowledge = await openSqlite(':memory:');
  clock.set(start);
  status = undefined;
  // The first process is never stopped: its last checkpoint is that of the history.
  const lost = await run();
  await stepTo(start);
  for (const step of [1, 2, 3]) await stepTo(start + step * 300);
  expect(await Array.fromAsync(knowledge.journal())).toHaveLength(3);
  source.isDown = true;
  source = new MemorySource(pods, () => clock.nowSeconds());
  status = undefined;
  const second = await run();
  await waitFor(() => status !== undefined, 5, 'models to be restored');
  expect(status).toMatchObject({ trainedToSeconds: Math.floor((start + 3 * 300) / 300) * 300 });
  for (const step of [4, 5]) await stepTo(start + step * 300);
  await second.stop();
  const models = await Array.fromAsync(knowledge.models());
  expect(models).toEqual(undisturbed);
  await lost.stop();
});

test('a step that could not be journalled is not hidden by later ones', async () => {
  const whole = knowledge;
  let isFull = false;
  const refuse = (): Promise<void> => Promise.reject(new TypeError('disk is full'));
  knowledge = Object.create(whole, {
    appendJournal: { value: (entry: JournalEntry) => (isFull ? refuse() : whole.appendJournal(entry)) },
    saveCheckpoint: { value: (checkpoint: Checkpoint) => (isFull ? refuse() : whole.saveCheckpoint(checkpoint)) },
  }) as KnowledgeBase;
  for (const key of ['models', 'journal', 'trainedToSeconds', 'outlook', 'publish', 'close'] as const) {
    Object.defineProperty(knowledge, key, { value: whole[key].bind(whole) });
  }
  const running = await run();
  await stepTo(start);
  isFull = true;
  for (const step of [1, 2]) await stepTo(start + step * 300);
  const before = await whole.trainedToSeconds();
  expect(await Array.fromAsync(whole.journal())).toEqual([]);
  isFull = false;
  await stepTo(start + 3 * 300);
  await waitFor(async () => (await whole.trainedToSeconds()) !== before, 5, 'a checkpoint');
  expect(await whole.trainedToSeconds()).toBe(Math.floor((start + 3 * 300) / 300) * 300);
  await stepTo(start + 4 * 300);
  await waitFor(async () => (await Array.fromAsync(whole.journal())).length === 1, 5, 'the journal to go on');
  await running.stop();
});

test('history that breaks off is read on from there', async () => {
  source.failAfterBatches = 1;
  const running = await run();
  await stepTo(start);
  expect(status?.failures.source).toBeGreaterThanOrEqual(2);
  const [first] = await Array.fromAsync(knowledge.forecasts());
  // The oldest step begins after the clock's time less the history.
  expect(first?.samples).toBe(historySeconds / 300 - 1);
  await running.stop();
});
