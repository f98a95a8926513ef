import { monotonicMilliseconds } from '../core/clock.ts';
import type { HotHandler } from './hot-route.ts';

interface Waiting {
  readonly sinceMilliseconds: number;
  run(): void;
}

/** Whoever waited so long is next, whoever came since. */
const longestWaitMilliseconds = 25;

/**
 * Calls a handler for one body per turn of the event loop, and of the bodies that wait for the one that came last (adaptive LIFO: B. Maurer, "Fail at
 * Scale", ACM Queue 13(8), 2015). Served in their order, all callers of a burst wait as long as the last of them; so most of them hardly wait. The oldest goes
 * first once it has waited `longestWaitMilliseconds`, which keeps the wait of the others in bounds.
 */
export function newestFirst(handler: HotHandler, now: () => number = monotonicMilliseconds): HotHandler {
  // In the order in which they came.
  const waiting: Waiting[] = [];
  const turn = (): void => {
    const [oldest] = waiting;
    const isLate = oldest !== undefined && now() - oldest.sinceMilliseconds >= longestWaitMilliseconds;
    const next = isLate ? waiting.shift() : waiting.pop();
    // Before the next turn the event loop takes what came meanwhile.
    if (waiting.length > 0) setImmediate(turn);
    next?.run();
  };
  return (body, deadlineMilliseconds) =>
    new Promise((resolve, reject) => {
      const run = (): void => {
        try {
          resolve(handler(body, deadlineMilliseconds));
        } catch (error) {
          reject(error);
        }
      };
      waiting.push({ sinceMilliseconds: now(), run });
      if (waiting.length === 1) setImmediate(turn);
    });
}
