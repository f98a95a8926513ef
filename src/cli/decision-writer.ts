import { Worker } from 'node:worker_threads';
import type { Decision } from '../core/decision.ts';
import { BarographError, describeError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { KnowledgeBase } from '../knowledge/knowledge.ts';

/** What a writing thread is started with. */
export interface DecisionThreadData {
  /** Of the knowledge base. */
  readonly path: string;
}

export interface WrittenMessage {
  readonly id: number;
  /** Why it could not be written; undefined when it was. */
  readonly problem: string | undefined;
}

/** Writes decisions on a thread of its own: a write of hundreds takes tens of milliseconds, which admissions would wait for. */
export interface DecisionWriter {
  recordDecisions(decisions: readonly Decision[]): Promise<void>;
  close(): Promise<void>;
}

interface Waiting {
  resolve(): void;
  reject(error: BarographError): void;
}

// The same file name in a checkout (.ts) and in the built package (.js).
const file = new URL(`./decision-thread${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`, import.meta.url);

/**
 * The thread starts with the first write, and again when it died: what it owed is rejected, and its caller tries again. What is kept in memory
 * alone is written by `knowledge`, as another thread would not see it.
 */
export function createDecisionWriter(
  data: DecisionThreadData,
  knowledge: Pick<KnowledgeBase, 'recordDecisions'>,
  logger: Logger,
): DecisionWriter {
  if (data.path === ':memory:') {
    return { recordDecisions: (decisions) => knowledge.recordDecisions(decisions), close: async () => undefined };
  }
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let ids = 0;

  function failAll(problem: string): void {
    worker = undefined;
    for (const { reject } of waiting.values()) {
      reject(new BarographError('KNOWLEDGE_UNAVAILABLE', `decisions could not be written: ${problem}`));
    }
    waiting.clear();
  }

  function start(): Worker {
    const started = new Worker(file, { workerData: data });
    started.on('message', ({ id, problem }: WrittenMessage) => {
      const one = waiting.get(id);
      waiting.delete(id);
      if (problem === undefined) one?.resolve();
      else one?.reject(new BarographError('KNOWLEDGE_UNAVAILABLE', `decisions could not be written: ${problem}`));
    });
    started.on('error', (error) =>
      logger.error({ error: describeError(error) }, 'the thread that writes decisions failed'),
    );
    started.on('exit', () => {
      if (worker === started) failAll('the thread ended');
    });
    return started;
  }

  return {
    recordDecisions(decisions) {
      worker ??= start();
      const to = worker;
      ids += 1;
      const id = ids;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        to.postMessage({ id, decisions });
      });
    },
    async close() {
      await worker?.terminate();
    },
  };
}
