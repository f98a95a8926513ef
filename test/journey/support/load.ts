import { setTimeout as sleep } from 'node:timers/promises';
import { describeError } from '../../../src/core/errors.ts';

/** What became of calls that were made again and again. */
export interface LoadResult {
  readonly calls: number;
  /** What failed, in words. */
  readonly failures: readonly string[];
  readonly medianMilliseconds: number;
  readonly highestMilliseconds: number;
}

export interface Load {
  /** Ends it, and waits for what is under way. */
  stop(): Promise<LoadResult>;
}

/** Calls again and again from several sides, so many a second altogether, for a minute at the most. */
export function startLoad(call: (index: number) => Promise<void>, perSecond: number, sides = 4): Load {
  const end = performance.now() + 60_000;
  const times: number[] = [];
  const failures: string[] = [];
  let next = 0;
  let isOver = false;
  const side = async (): Promise<void> => {
    while (!isOver && performance.now() < end) {
      const began = performance.now();
      try {
        await call(next++);
        times.push(performance.now() - began);
      } catch (error) {
        failures.push(describeError(error));
      }
      await sleep(Math.max(0, (1000 * sides) / perSecond - (performance.now() - began)));
    }
  };
  const all = Promise.all(Array.from({ length: sides }, side));
  return {
    async stop() {
      isOver = true;
      await all;
      times.sort((a, b) => a - b);
      return {
        calls: times.length + failures.length,
        failures,
        medianMilliseconds: times[Math.floor(times.length / 2)] ?? Number.NaN,
        highestMilliseconds: times.at(-1) ?? Number.NaN,
      };
    },
  };
}
