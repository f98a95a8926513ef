import { type Transferable, Worker } from 'node:worker_threads';
import { describeError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { Credentials } from './listener.ts';
import { forgetOpen, type ThreadCounts } from './thread-counts.ts';
import type { Answered, FromThread, Handed, ThreadServing, ToThread } from './thread-messages.ts';

/** What runs in each serving thread beside the server itself. */
export interface ThreadProgram {
  /** The module that calls serveOnThread with workerData.serving. */
  readonly file: URL;
  /** What a new thread gets in its workerData; `left` is called when it is gone. */
  seat(): ThreadSeat;
}

export interface ThreadSeat {
  readonly data: Readonly<Record<string, unknown>>;
  readonly transfer: readonly Transferable[];
  left(): void;
}

export interface ServingThreadsOptions {
  readonly program: ThreadProgram;
  /** How many, beside the main thread. */
  readonly count: number;
  readonly serving: Omit<ThreadServing, 'credentials' | 'counts'>;
  readonly credentials: Credentials;
  readonly counts: () => ThreadCounts;
  readonly logger: Logger;
  readonly onHanded: (handed: Handed, send: (answered: Answered, transfer: readonly ArrayBuffer[]) => void) => void;
}

const firstPauseMilliseconds = 100;
const longestPauseMilliseconds = 30_000;
const startMilliseconds = 15_000;
// Beyond the time that its requests have to end.
const lateMilliseconds = 2000;

/** The threads that serve beside the main one; each is started again when it ends. */
export class ServingThreads {
  readonly #options: ServingThreadsOptions;
  readonly #threads: ServingThread[];
  #credentials: Credentials;

  constructor(options: ServingThreadsOptions) {
    this.#options = options;
    this.#credentials = options.credentials;
    this.#threads = Array.from({ length: options.count }, () => new ServingThread(options, () => this.#credentials));
  }

  /** Resolves when all of them listen, or have had the time to. */
  async start(): Promise<void> {
    const late = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), startMilliseconds).unref());
    const all = Promise.all(this.#threads.map((thread) => thread.start()));
    if ((await Promise.race([all, late])) === 'late') {
      this.#options.logger.warn({ threads: this.#threads.length }, 'not all serving threads have started yet');
    }
  }

  useCredentials(credentials: Credentials): void {
    this.#credentials = credentials;
    for (const thread of this.#threads) thread.tell({ kind: 'credentials', credentials });
  }

  async close(graceSeconds: number, lingerSeconds: number): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close(graceSeconds, lingerSeconds)));
  }
}

class ServingThread {
  readonly #options: ServingThreadsOptions;
  readonly #credentials: () => Credentials;
  readonly #counts: ThreadCounts;
  #worker: Worker | undefined;
  #ended: Promise<void> = Promise.resolve();
  #pause = firstPauseMilliseconds;
  #timer: NodeJS.Timeout | undefined;
  #closing = false;
  #drained: (() => void) | undefined;

  constructor(options: ServingThreadsOptions, credentials: () => Credentials) {
    this.#options = options;
    this.#credentials = credentials;
    this.#counts = options.counts();
  }

  /** Resolves when it listens for the first time. */
  start(): Promise<void> {
    return new Promise((resolve) => this.#start(resolve));
  }

  tell(message: ToThread, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker?.postMessage(message, transfer);
  }

  async close(graceSeconds: number, lingerSeconds: number): Promise<void> {
    this.#closing = true;
    clearTimeout(this.#timer);
    const worker = this.#worker;
    if (worker === undefined) return;
    const drained = new Promise<void>((resolve) => {
      this.#drained = resolve;
    });
    this.tell({ kind: 'drain', graceSeconds, lingerSeconds });
    const late = setTimeout(() => void worker.terminate(), (graceSeconds + lingerSeconds) * 1000 + lateMilliseconds);
    await Promise.race([drained, this.#ended]);
    clearTimeout(late);
    await worker.terminate();
  }

  #start(onListening: () => void): void {
    const { program, serving, logger } = this.#options;
    const seat = program.seat();
    const data: ThreadServing = { ...serving, credentials: this.#credentials(), counts: this.#counts };
    const worker = new Worker(program.file, {
      workerData: { ...seat.data, serving: data },
      transferList: [...seat.transfer],
    });
    this.#worker = worker;
    worker.on('message', (message: FromThread) => {
      if (message.kind === 'listening') {
        this.#pause = firstPauseMilliseconds;
        onListening();
      } else if (message.kind === 'drained') this.#drained?.();
      else this.#options.onHanded(message, (answered, transfer) => worker.postMessage(answered, transfer));
    });
    worker.on('error', (error) => logger.error({ error: describeError(error) }, 'a serving thread failed'));
    this.#ended = new Promise((resolve) => {
      worker.on('exit', () => {
        this.#worker = undefined;
        seat.left();
        forgetOpen(this.#counts);
        resolve();
        if (!this.#closing) this.#again(onListening);
      });
    });
  }

  #again(onListening: () => void): void {
    this.#options.logger.warn({ pauseMilliseconds: this.#pause }, 'a serving thread ended; starting it again');
    this.#timer = setTimeout(() => this.#start(onListening), this.#pause);
    this.#pause = Math.min(longestPauseMilliseconds, this.#pause * 2);
  }
}
