import { parentPort, workerData } from 'node:worker_threads';
import { type History, pickContainers } from './history.ts';
import type { Part } from './outcome.ts';
import type { Bout } from './plan.ts';
import { runBout } from './run-bout.ts';

/** What a thread is asked: a replay of the containers [from, to). */
export interface ThreadTask {
  readonly bout: Bout;
  readonly from: number;
  readonly to: number;
}

export type ThreadMessage =
  | { readonly kind: 'progress'; readonly share: number }
  | { readonly kind: 'done'; readonly part: Part }
  | { readonly kind: 'failed'; readonly error: unknown };

// One replay after another on a history that all threads share.
const history = workerData as History;
const say = (message: ThreadMessage): void => parentPort?.postMessage(message);

parentPort?.on('message', ({ bout, from, to }: ThreadTask) => {
  try {
    const some = to - from === history.ids.length ? history : pickContainers(history, indexes(from, to));
    say({ kind: 'done', part: runBout(some, bout, (share) => say({ kind: 'progress', share })) });
  } catch (error) {
    say({ kind: 'failed', error });
  }
});

function indexes(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
