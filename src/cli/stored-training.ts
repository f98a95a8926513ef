import { type Config, promisedOf } from '../core/config.ts';
import { openSqlite } from '../knowledge/sqlite.ts';
import { Training } from '../train/training.ts';

/** The models as the knowledge base holds them: what the last checkpoint kept. */
export async function storedTraining(config: Config): Promise<{ training: Training; damaged: string[] }> {
  const knowledge = await openSqlite(config.knowledge.path);
  try {
    const options = {
      stepSeconds: config.training.step,
      outlookStepSeconds: config.outlook.step,
      outlookSteps: 1,
      forgetAfterSeconds: config.training.forgetAfter,
      promised: promisedOf(config),
      renewedSeconds: config.sizing.renewed,
    };
    const training = new Training(options, await knowledge.trainedToSeconds());
    const damaged: string[] = [];
    for await (const model of knowledge.models()) {
      const why = training.restore(model);
      if (why !== undefined) damaged.push(`${model.id}: ${why}`);
    }
    return { training, damaged };
  } finally {
    await knowledge.close();
  }
}
