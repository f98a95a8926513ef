import type { Connection } from '../cluster/connection.ts';
import { monotonicMilliseconds } from '../core/clock.ts';
import { describeError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { type ObjectName, readLease } from './lease.ts';

export interface LeaseWatchOptions {
  readonly connection: Pick<Connection, 'send'>;
  readonly lease: ObjectName;
  readonly logger: Logger;
  /** Never set back. */
  readonly nowMilliseconds?: () => number;
}

/** Whether somebody holds a Lease and renews it. */
export interface LeaseWatch {
  /** Seen to change within its own duration, by the clock here: what the Lease says of time is by the clock of another machine. */
  readonly isFresh: boolean;
  /** Reads the Lease. Never throws: what cannot be read goes stale. */
  look(): Promise<void>;
}

const usualSeconds = 15;

export function createLeaseWatch(options: LeaseWatchOptions): LeaseWatch {
  const now = options.nowMilliseconds ?? monotonicMilliseconds;
  let renewed: string | undefined;
  let until: number | undefined;
  return {
    get isFresh() {
      return until !== undefined && now() < until;
    },
    async look() {
      const began = now();
      try {
        const record = await readLease(options.connection, options.lease);
        if (record?.holder === undefined) {
          renewed = undefined;
          until = undefined;
          return;
        }
        const text = `${record.holder} ${record.renewed}`;
        // The first look tells nothing: a Lease that nobody renews any more looks the same.
        if (renewed !== undefined && text !== renewed) until = began + (record.seconds ?? usualSeconds) * 1000;
        renewed = text;
      } catch (error) {
        options.logger.warn({ error }, `a Lease could not be read: ${describeError(error)}`);
      }
    },
  };
}
