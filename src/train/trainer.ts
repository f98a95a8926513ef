import type { Config } from '../core/config.ts';
import { type KeptThread, keepThread, threadFile } from '../core/kept-thread.ts';
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
  /** What to wait for before anything is read: restoring models takes a core for seconds. Never rejects. */
  readonly after?: Promise<void>;
}

export function startTrainer(options: TrainerOptions): Trainer {
  const { config, startedMilliseconds, logger, onStatus, after } = options;
  let status: TrainingStatus | undefined;
  let thread: KeptThread | undefined;
  let isClosed = false;
  const start = (): void => {
    if (isClosed) return;
    thread = keepThread<TrainingMessage>({
      file: threadFile('training-thread', import.meta.url),
      workerData: { config, startedMilliseconds } satisfies TrainingThreadData,
      name: 'the training thread',
      logger,
      onMessage: (message) => {
        status = message.status;
        onStatus(message.status);
      },
    });
  };
  if (after === undefined) start();
  else void after.then(start);
  return {
    get status() {
      return status;
    },
    get restarts() {
      return thread?.restarts ?? 0;
    },
    async close() {
      isClosed = true;
      await thread?.close();
    },
  };
}
