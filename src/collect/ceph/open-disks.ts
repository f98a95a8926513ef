import type { Clock } from '../../core/clock.ts';
import type { CephConfig } from '../../core/config.ts';
import type { Logger } from '../../core/log.ts';
import { CephDeviceHealth } from './device-health.ts';
import { type CephDisks, noDisks } from './disks.ts';
import { ExportedDisks } from './exported-disks.ts';
import type { HeldMap } from './held-map.ts';

export interface CephDisksContext {
  readonly map: HeldMap | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
}

/** The readings of a cluster's devices by the way that the configuration names. Nothing is read yet. */
export function openCephDisks({ disks, metrics }: CephConfig, context: CephDisksContext): CephDisks {
  if (disks.kind === 'exporter') return new ExportedDisks({ config: disks, metrics, ...context });
  if (disks.kind === 'ceph' && context.map !== undefined) {
    const { clock, logger } = context;
    return new CephDeviceHealth({ documents: context.map.documents, everySeconds: disks.every, clock, logger });
  }
  return { read: async () => noDisks, close: () => undefined };
}
