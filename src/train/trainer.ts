import type { Config } from '../core/config.ts';
import { keepThread, threadFile } from '../core/kept-thread.ts';
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

export function startTrainer({ config, startedMilliseconds, logger, onStatus }: TrainerOptions): Trainer {
  let status: TrainingStatus | undefined;
  const thread = keepThread<TrainingMessage>({
    file: threadFile('training-thread', import.meta.url),
    workerData: { config, startedMilliseconds } satisfies TrainingThreadData,
    name: 'the training thread',
    logger,
    onMessage: (message) => {
      status = message.status;
      onStatus(message.status);
    },
  });
  return {
    get status() {
      return status;
    },
    get restarts() {
      return thread.restarts;
    },
    close: () => thread.close(),
  };
}
