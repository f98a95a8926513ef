import type { Connection } from '../cluster/connection.ts';
import type { Config } from '../core/config.ts';
import { BarographError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { createLeaseWatch } from '../operator/lease-watch.ts';
import type { SecondScheduler } from '../webhook/scheduler-name.ts';

export interface WatchedScheduler {
  now(): SecondScheduler;
  look(): Promise<void>;
}

/** The scheduler of the configuration, if any, and whether it lives. Throws CONFIG_INVALID without a cluster. */
export function secondSchedulerOf(
  { scheduler }: Pick<Config, 'scheduler'>,
  connection: Connection | undefined,
  logger: Logger,
): WatchedScheduler | undefined {
  if (scheduler === undefined) return undefined;
  if (connection === undefined) {
    throw new BarographError('CONFIG_INVALID', 'scheduler: expected a cluster that it runs in (kubernetes.enabled)');
  }
  const { name, lease } = scheduler;
  const watch = createLeaseWatch({ connection, lease, logger });
  let told = false;
  return {
    now: () => ({ name, isFresh: watch.isFresh }),
    async look() {
      await watch.look();
      if (watch.isFresh === told) return;
      told = watch.isFresh;
      if (told) logger.info({ scheduler: name }, 'enforced pods are given to the second scheduler');
      else logger.warn({ scheduler: name }, 'the second scheduler is away; pods stay with the default one');
    },
  };
}
