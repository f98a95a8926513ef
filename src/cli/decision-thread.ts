import { parentPort, workerData } from 'node:worker_threads';
import type { Decision } from '../core/decision.ts';
import { describeError } from '../core/errors.ts';
import { openSqlite } from '../knowledge/sqlite.ts';
import type { DecisionThreadData, WrittenMessage } from './decision-writer.ts';

// The thread that writes decisions: it may wait for the disk, and for others that write.
const { path } = workerData as DecisionThreadData;
const knowledge = await openSqlite(path);

parentPort?.on(
  'message',
  async ({ id, decisions }: { readonly id: number; readonly decisions: readonly Decision[] }) => {
    parentPort?.postMessage({ id, problem: await problemOf(decisions) } satisfies WrittenMessage);
  },
);

async function problemOf(decisions: readonly Decision[]): Promise<string | undefined> {
  try {
    await knowledge.recordDecisions(decisions);
    return undefined;
  } catch (error) {
    return describeError(error);
  }
}
