import { Worker } from 'node:worker_threads';
import { BarographError, describeError } from '../../core/errors.ts';
import type { History } from './history.ts';
import type { Part } from './outcome.ts';
import { type Bout, nameOf } from './plan.ts';
import type { ThreadMessage, ThreadTask } from './replay-thread.ts';

// The same file name in a checkout (.ts) and in the built package (.js).
const threadFile = new URL(
  `./replay-thread${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`,
  import.meta.url,
);

/** A worker thread for replays, started when it is first needed. */
export class ReplayThread {
  readonly #history: History;
  #worker: Worker | undefined;

  constructor(history: History) {
    this.#history = history;
  }

  /** Throws POLICY_FAILED. */
  async run(task: ThreadTask, onProgress: (share: number) => void): Promise<Part> {
    this.#worker ??= new Worker(threadFile, { workerData: this.#history });
    const worker = this.#worker;
    const { promise, resolve, reject } = Promise.withResolvers<Part>();
    const onMessage = (message: ThreadMessage): void => {
      if (message.kind === 'progress') onProgress(message.share);
      else if (message.kind === 'done') resolve(message.part);
      else reject(failed(task.bout, message.error));
    };
    const onError = (error: unknown): void => reject(failed(task.bout, error));
    worker.on('message', onMessage);
    worker.once('error', onError);
    worker.postMessage(task);
    try {
      return await promise;
    } finally {
      worker.off('message', onMessage);
      worker.off('error', onError);
    }
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }
}

// An error loses its class on its way between threads.
function failed(bout: Bout, error: unknown): BarographError {
  return new BarographError('POLICY_FAILED', `${nameOf(bout)}: ${describeError(error)}`);
}
