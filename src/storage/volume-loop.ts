import { setTimeout as sleep } from 'node:timers/promises';
import type { VolumeSource } from '../collect/volumes.ts';
import type { Clock } from '../core/clock.ts';
import { type Logger, redactedError } from '../core/log.ts';
import type { StorageModels } from './storage-models.ts';

export interface VolumeLoopOptions {
  readonly source: VolumeSource;
  readonly models: Pick<StorageModels, 'takeVolumes'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly everySeconds: number;
  readonly historySeconds: number;
  /** How far apart readings of the history are. */
  readonly historyStepSeconds: number;
}

const longestReadMilliseconds = 120_000;

/** Reads how full volumes were, then again and again how full they are. A failure is logged once until a read succeeds; what was read before grows old. */
export async function keepReadingVolumes(options: VolumeLoopOptions, signal: AbortSignal): Promise<void> {
  const { source, models, logger, everySeconds } = options;
  let isFailing = false;
  let isHistoryRead = false;
  while (!signal.aborted) {
    try {
      // Models learn in order: what was comes before what is.
      if (!isHistoryRead) await readHistory(options, signal);
      isHistoryRead = true;
      models.takeVolumes(await source.read(AbortSignal.any([signal, AbortSignal.timeout(longestReadMilliseconds)])));
      if (isFailing) logger.info({}, 'volumes are read again');
      isFailing = false;
    } catch (error) {
      if (signal.aborted) break;
      if (!isFailing) logger.warn({ error: redactedError(error) }, 'volumes could not be read');
      isFailing = true;
    }
    await sleep(everySeconds * 1000, undefined, { signal }).catch(() => undefined);
  }
  source.close();
}

async function readHistory(options: VolumeLoopOptions, signal: AbortSignal): Promise<void> {
  const { source, models, clock, historySeconds, historyStepSeconds: stepSeconds } = options;
  const endSeconds = Math.floor(clock.nowSeconds() / stepSeconds) * stepSeconds;
  const range = { startSeconds: endSeconds - historySeconds, endSeconds, stepSeconds };
  for await (const readings of source.history(range, signal)) models.takeVolumes(readings);
}
