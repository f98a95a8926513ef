import { Worker } from 'node:worker_threads';
import { describeError } from './errors.ts';
import type { Logger } from './log.ts';

export interface KeptThreadOptions<Message> {
  readonly file: URL;
  readonly workerData: unknown;
  /** What the log calls it: `the training thread`. */
  readonly name: string;
  readonly logger: Logger;
  readonly onMessage: (message: Message) => void;
}

/** A worker thread that is started again when it dies. */
export interface KeptThread {
  readonly restarts: number;
  /** Sends it 'close' and lets it end by itself for a while. */
  close(): Promise<void>;
}

const firstPauseMilliseconds = 500;
const longestPauseMilliseconds = 60_000;
const closeMilliseconds = 20_000;

/** Starts a thread; each time that it ends by itself the next start waits twice as long, up to a minute, until it has said something. */
export function keepThread<Message>(options: KeptThreadOptions<Message>): KeptThread {
  const { file, workerData, name, logger, onMessage } = options;
  let restarts = 0;
  let pause = firstPauseMilliseconds;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let worker: Worker;
  let ended: Promise<void>;
  const start = (): void => {
    worker = new Worker(file, { workerData });
    worker.on('message', (message: Message) => {
      pause = firstPauseMilliseconds;
      onMessage(message);
    });
    worker.on('error', (error) => logger.error({ error }, `${name} failed: ${describeError(error)}`));
    ended = new Promise((resolve) => {
      worker.on('exit', () => {
        resolve();
        if (closed) return;
        restarts += 1;
        logger.warn({ restarts, pauseMilliseconds: pause }, `${name} ended; starting it again`);
        timer = setTimeout(start, pause);
        pause = Math.min(longestPauseMilliseconds, pause * 2);
      });
    });
  };
  start();
  return {
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

/** The file of a thread beside the module that starts it: `.ts` in a checkout, `.js` in the built package. */
export function threadFile(name: string, moduleUrl: string): URL {
  return new URL(`./${name}${moduleUrl.slice(moduleUrl.lastIndexOf('.'))}`, moduleUrl);
}
