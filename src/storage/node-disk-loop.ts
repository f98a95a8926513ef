import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeDiskSource } from '../collect/node-disks/node-disk-source.ts';
import type { Clock } from '../core/clock.ts';
import { type Logger, redactedError } from '../core/log.ts';
import type { NodeDiskModels } from './node-disk-models.ts';
import type { NodeDisk } from './node-disks.ts';

export interface NodeDiskLoopOptions {
  readonly source: NodeDiskSource;
  readonly models: NodeDiskModels;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly everySeconds: number;
  readonly onDisks: (disks: readonly NodeDisk[]) => void;
  readonly onFailure: () => void;
}

const longestReadMilliseconds = 120_000;

/** Reads the disks of machines again and again. What was read before a failure stands, and grows old; a failure is logged once until a read succeeds. */
export async function keepReadingDisks(options: NodeDiskLoopOptions, signal: AbortSignal): Promise<void> {
  const { source, models, clock, logger, everySeconds, onDisks, onFailure } = options;
  let isFailing = false;
  while (!signal.aborted) {
    try {
      models.take(await source.read(AbortSignal.any([signal, AbortSignal.timeout(longestReadMilliseconds)])));
      if (isFailing) logger.info({ source: source.kind }, 'the disks of nodes are read again');
      isFailing = false;
    } catch (error) {
      if (signal.aborted) break;
      onFailure();
      if (!isFailing) {
        const fields = { source: source.kind, error: redactedError(error) };
        logger.warn(fields, 'the disks of nodes could not be read; what was read before grows old');
      }
      isFailing = true;
    }
    if (!signal.aborted) onDisks(models.disks(clock.nowSeconds()));
    await sleep(everySeconds * 1000, undefined, { signal }).catch(() => undefined);
  }
  source.close();
}
