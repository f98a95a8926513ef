import { describeError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';

/** Does something again and again, a pause after each time; what it throws is logged. The process may end meanwhile. */
export function repeat(pauseSeconds: number, logger: Logger, action: () => Promise<void>): { stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const plan = (): void => {
    if (stopped) return;
    timer = setTimeout(() => void run(), pauseSeconds * 1000);
    timer.unref();
  };
  const run = async (): Promise<void> => {
    try {
      await action();
    } catch (error) {
      logger.warn({ error }, `a background task failed: ${describeError(error)}`);
    }
    plan();
  };
  plan();
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
