import type { Clock } from '../../core/clock.ts';
import type { CephConfig } from '../../core/config.ts';
import type { Logger } from '../../core/log.ts';
import type { CephReading } from '../../core/storage.ts';
import type { TimeRange } from '../../core/time-range.ts';
import { CephReader } from './ceph-reader.ts';
import { MgrMetrics } from './mgr-metrics.ts';
import { openCephDisks } from './open-disks.ts';
import { openCephMap } from './open-map.ts';
import { PrometheusCeph } from './prometheus-ceph.ts';

/** Where readings of one Ceph cluster come from. */
export interface CephSource {
  readonly kind: string;
  /**
   * The cluster as it is now; the same reading again when nothing was measured since. Throws SOURCE_UNAVAILABLE when it cannot be read whole enough to act on.
   * The first read takes two measurements, since rates need them: up to 40 s.
   */
  read(signal?: AbortSignal): Promise<CephReading>;
  /**
   * What was measured before, oldest first, a reading a step, of the steps that have measurements; of Prometheus only. The map of the cluster is today's in all of
   * them, and `disks` is empty. Throws SOURCE_UNAVAILABLE, SOURCE_LIMIT.
   */
  history?(range: TimeRange, stepSeconds: number, signal?: AbortSignal): AsyncIterable<CephReading>;
  close(): Promise<void>;
}

export interface CephSourceOptions {
  readonly config: CephConfig;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random?: () => number;
  /** Between the first two measurements of a manager's page; OSDs report every 5 s, which is the default. */
  readonly firstIntervalSeconds?: number;
}

/** The source that one entry of `storage.ceph` names. Nothing is read yet. */
export function openCephSource(options: CephSourceOptions): CephSource {
  const { config, clock, logger, random = Math.random, firstIntervalSeconds = 5 } = options;
  const map = openCephMap(config.map, { clock, logger });
  const disks = openCephDisks(config, { map, clock, logger, random });
  const { name, metrics } = config;
  if (metrics.kind === 'prometheus') {
    return new PrometheusCeph({ config: metrics, name, map, disks, clock, logger, random, firstIntervalSeconds });
  }
  return new CephReader({
    name,
    metrics: new MgrMetrics({ config: metrics, clock, logger, random }),
    map,
    disks,
    clock,
    logger,
    firstIntervalSeconds,
  });
}
