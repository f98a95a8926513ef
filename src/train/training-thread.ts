import { parentPort, workerData } from 'node:worker_threads';
import { openSource } from '../collect/open-source.ts';
import { clockOf, promisedOf } from '../core/config.ts';
import { createLogger } from '../core/log.ts';
import { openSqlite } from '../knowledge/sqlite.ts';
import type { TrainingMessage, TrainingThreadData } from './trainer.ts';
import { Training } from './training.ts';
import { TrainingLoop } from './training-loop.ts';

// The training thread: everything slow happens here.
const { config, startedMilliseconds } = workerData as TrainingThreadData;
const closing = new AbortController();
parentPort?.on('message', () => closing.abort());

const clock = clockOf(config, startedMilliseconds);
const logger = createLogger(config.log.level);
const knowledge = await openSqlite(config.knowledge.path);
const { step: stepSeconds, history: historySeconds, delay: delaySeconds, forgetAfter } = config.training;
const training = new Training(
  {
    stepSeconds,
    outlookStepSeconds: config.outlook.step,
    outlookSteps: Math.max(1, Math.round(config.outlook.horizon / config.outlook.step)),
    forgetAfterSeconds: forgetAfter,
    promised: promisedOf(config),
    renewedSeconds: config.sizing.renewed,
  },
  await knowledge.trainedToSeconds(),
);
const source = openSource({ config, clock, logger });
const loop = new TrainingLoop({
  source,
  knowledge,
  training,
  clock,
  logger,
  stepSeconds,
  historySeconds,
  delaySeconds,
  // A clock that runs fast has less patience.
  pauseMilliseconds: Math.max(200, 2000 / (config.clock?.rate ?? 1)),
  report: (status) => parentPort?.postMessage({ kind: 'status', status } satisfies TrainingMessage),
});
await loop.run(closing.signal);
await source.close();
await knowledge.close();
parentPort?.close();
