import type { Decision } from '../core/decision.ts';
import { type Logger, redactedError } from '../core/log.ts';
import type { KnowledgeBase } from '../knowledge/knowledge.ts';

/** Keeps decisions without making anyone wait. */
export interface DecisionRecorder {
  record(decision: Decision): void;
  find(id: string): Promise<Decision | undefined>;
  latest(limit: number): Promise<Decision[]>;
  readonly dropped: number;
  /** Writes what is waiting, and stops. */
  close(): Promise<void>;
}

const flushMilliseconds = 250;
const mostWaiting = 10_000;
const mostPerWrite = 500;

/** Writes decisions in batches in the background; when the knowledge base fails, keeps the newest 10,000 and tries again. */
export function createRecorder(knowledge: KnowledgeBase, logger: Logger): DecisionRecorder {
  let waiting: Decision[] = [];
  let dropped = 0;
  let writing: Promise<void> = Promise.resolve();
  const write = async (): Promise<void> => {
    const batch = waiting.slice(0, mostPerWrite);
    if (batch.length === 0) return;
    try {
      await knowledge.recordDecisions(batch);
      waiting = waiting.slice(batch.length);
    } catch (error) {
      logger.error(
        { error: redactedError(error), waiting: waiting.length },
        'decisions could not be recorded; will try again',
      );
    }
  };
  const timer = setInterval(() => {
    writing = writing.then(write);
  }, flushMilliseconds);
  timer.unref();
  return {
    get dropped() {
      return dropped;
    },
    record(decision) {
      if (waiting.length >= mostWaiting) {
        dropped += 1;
        return;
      }
      waiting.push(decision);
    },
    async find(id) {
      return waiting.find((decision) => decision.id === id) ?? (await knowledge.decision(id));
    },
    async latest(limit) {
      const stored = await knowledge.decisions(limit);
      const unwritten = waiting.toReversed().filter((decision) => !stored.some((other) => other.id === decision.id));
      return [...unwritten, ...stored].slice(0, limit);
    },
    async close() {
      clearInterval(timer);
      await writing;
      for (let left = waiting.length; left > 0; left -= mostPerWrite) await write();
    },
  };
}
