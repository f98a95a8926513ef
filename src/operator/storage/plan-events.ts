import { randomBytes } from 'node:crypto';
import type { Connection } from '../../cluster/connection.ts';
import { type Logger, redactedError } from '../../core/log.ts';
import { timeText } from '../../storage/storage-report.ts';
import { storageApiVersion } from './custom-resources.ts';

export interface PlanNotice {
  readonly name: string;
  readonly uid: string;
  /** In CamelCase. */
  readonly reason: string;
  readonly message: string;
  readonly isWarning: boolean;
}

export type TellOfPlan = (notice: PlanNotice, nowSeconds: number) => Promise<void>;

const longestMessage = 1024;

/** Writes Events on StoragePlans. They are few, and the status of the plan says the same: one that cannot be written is logged, and that is all. */
export function planEvents(connection: Pick<Connection, 'send'>, logger: Logger): TellOfPlan {
  return async ({ name, uid, reason, message, isWarning }, nowSeconds) => {
    const time = timeText(nowSeconds);
    try {
      // What is of the whole cluster has its Events in the namespace default.
      const { status } = await connection.send('POST', '/api/v1/namespaces/default/events', {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: `${name.slice(0, 200)}.${randomBytes(8).toString('hex')}`, namespace: 'default' },
        involvedObject: { apiVersion: storageApiVersion, kind: 'StoragePlan', name, uid },
        type: isWarning ? 'Warning' : 'Normal',
        reason,
        message: message.slice(0, longestMessage),
        source: { component: 'barograph' },
        reportingComponent: 'barograph',
        firstTimestamp: time,
        lastTimestamp: time,
        count: 1,
      });
      if (status >= 300) logger.warn({ plan: name, reason, status }, 'an Event of a storage plan is not written');
    } catch (error) {
      logger.warn({ plan: name, reason, error: redactedError(error) }, 'an Event of a storage plan is not written');
    }
  };
}
