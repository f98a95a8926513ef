import { type ChildProcess, spawn } from 'node:child_process';

export interface LoadOptions {
  /** How long it lasts, 30 without it. */
  readonly seconds?: number;
  /** `write`; `read` reads what an earlier write kept, at random. */
  readonly kind?: 'write' | 'read';
  /** Operations under way at once, 4 without it. */
  readonly threads?: number;
  /** 4096 without it. */
  readonly objectBytes?: number;
  /** The load ends when so many objects are written. */
  readonly mostObjects?: number;
  /** What was written stays: it can be read, and fills the pool. */
  readonly isKept?: boolean;
}

/** A load under way. */
export interface Load {
  /** Done when it ended by itself or was stopped. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

let loads = 0;

/** `rados bench` on a pool, as a process of its own. */
export function startLoad(conf: string, pool: string, options: LoadOptions): Load {
  const {
    seconds = 30,
    kind = 'write',
    threads = 4,
    objectBytes = 4096,
    mostObjects = 200_000,
    isKept = false,
  } = options;
  loads += 1;
  const size = ['-b', String(objectBytes), '--max-objects', String(mostObjects)];
  // What is kept goes by the usual name, by which a read finds it.
  const fate = isKept ? ['--no-cleanup'] : ['--run-name', `load-${process.pid}-${loads}`];
  const own = kind === 'write' ? ['write', ...size, ...fate] : ['rand'];
  const args = ['-c', conf, '-p', pool, 'bench', String(seconds), ...own, '-t', String(threads)];
  const child = spawn('rados', args, { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  return { ended, stop: () => end(child, ended) };
}

// Interrupted, it removes what it wrote first: that can take longer than a test has.
async function end(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill('SIGKILL');
  await ended;
}
