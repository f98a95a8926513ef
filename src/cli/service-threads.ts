import { availableParallelism } from 'node:os';
import type { Config } from '../core/config.ts';
import type { Extender } from '../extender/extender.ts';
import type { ReaderSeat } from '../extender/reader-messages.ts';
import type { ServerThreads } from '../server/server.ts';
import type { ThreadServing } from '../server/thread-messages.ts';

/** What a serving thread is started with. */
export interface ServingThreadData {
  readonly config: Config;
  /** The machine's time at which the process started: all threads show the same time by it. */
  readonly startedMilliseconds: number;
  readonly seat: ReaderSeat;
  readonly serving: ThreadServing;
}

const mostThreads = 4;
// The same file name in a checkout (.ts) and in the built package (.js).
const file = new URL(`./serving-thread${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`, import.meta.url);

export function threadCount({ server }: Config): number {
  return server.threads ?? Math.min(mostThreads, availableParallelism());
}

/** The threads that answer for the extender, and hand on all else. */
export function servingThreads(config: Config, extender: Extender, startedMilliseconds: number): ServerThreads {
  const count = threadCount(config);
  return {
    count,
    program: {
      file,
      seat() {
        const seat = extender.others.seat(count);
        return {
          data: { config, startedMilliseconds, seat },
          transfer: [seat.port],
          left: () => extender.others.leave(seat),
        };
      },
    },
  };
}
