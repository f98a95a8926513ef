import { Worker } from 'node:worker_threads';
import type { Config } from '../core/config.ts';
import { describeError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { TrainingStatus } from './training-loop.ts';

/** What a training thread is started with. */
export interface TrainingThreadData {
  readonly config: Config;
  /** The machine's time at which the process started: both threads show the same time by it. */
  readonly startedMilliseconds: number;
}

export type TrainingMessage = { readonly kind: 'status'; readonly status: TrainingStatus };

/** The background trainer: one worker thread that is started again when it dies. */
export interface Trainer {
  readonly status: TrainingStatus | undefined;
  readonly restarts: number;
  /** Lets the thread keep a last checkpoint, and ends it. */
  close(): Promise<void>;
}

export interface TrainerOptions extends TrainingThreadData {
  readonly logger: Logger;
  readonly onStatus: (status: TrainingStatus) => void;
}

const firstPauseMilliseconds = 500;
const longestPauseMilliseconds = 60_000;
const closeMilliseconds = 20_000;
// The same file name in a checkout (.ts) and in the built package (.js).
const threadFile = new URL(
  `./training-thread${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`,
  import.meta.url,
);

export function startTrainer({ config, startedMilliseconds, logger, onStatus }: TrainerOptions): Trainer {
  let status: TrainingStatus | undefined;
  let restarts = 0;
  let pause = firstPauseMilliseconds;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let worker: Worker;
  let ended: Promise<void>;
  const start = (): void => {
    const data: TrainingThreadData = { config, startedMilliseconds };
    worker = new Worker(threadFile, { workerData: data });
    worker.on('message', (message: TrainingMessage) => {
      status = message.status;
      pause = firstPauseMilliseconds;
      onStatus(message.status);
    });
    worker.on('error', (error) => logger.error({ error }, `the training thread failed: ${describeError(error)}`));
    ended = new Promise((resolve) => {
      worker.on('exit', () => {
        resolve();
        if (closed) return;
        restarts += 1;
        logger.warn({ restarts, pauseMilliseconds: pause }, 'the training thread ended; starting it again');
        timer = setTimeout(start, pause);
        pause = Math.min(longestPauseMilliseconds, pause * 2);
      });
    });
  };
  start();
  return {
    get status() {
      return status;
    },
    get restarts() {
      return restarts;
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      worker.postMessage('close');
      const late = setTimeout(() => void worker.terminate(), closeMilliseconds);
      await ended;
      clearTimeout(late);
    },
  };
}
