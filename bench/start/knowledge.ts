import { openSqlite } from '../../src/knowledge/sqlite.ts';
import { Training } from '../../src/train/training.ts';
import { startSeconds, stepSeconds, usage } from '../series.ts';

const outlookSteps = 24;
const batchSteps = 12;

/** Fills a knowledge base as a trainer would that has followed so many containers for some steps; the time up to which it knows, unix seconds. */
export async function fillKnowledge(folder: string, containers: number, steps: number): Promise<number> {
  const knowledge = await openSqlite(folder);
  try {
    const training = new Training({
      stepSeconds,
      outlookStepSeconds: 1800,
      outlookSteps,
      forgetAfterSeconds: 14 * 86_400,
      promised: { cpu: 0.01, memory: 0.001 },
      renewedSeconds: 86_400,
    });
    for (let step = 0; step < steps; step += batchSteps) training.take(usage(containers, step, batchSteps));
    const endSeconds = startSeconds + steps * stepSeconds;
    const made = training.outlook(1, endSeconds);
    if (made !== undefined) await knowledge.publish(made);
    const kept = training.checkpoint();
    if (kept !== undefined) await knowledge.saveCheckpoint(kept.checkpoint);
    return endSeconds;
  } finally {
    await knowledge.close();
  }
}
