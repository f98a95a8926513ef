import type { Clock } from '../../core/clock.ts';
import type { NodeDisksConfig } from '../../core/config.ts';
import type { Logger } from '../../core/log.ts';
import { createDiskFolder } from './folder.ts';
import { createPrometheusDisks } from './from-prometheus.ts';
import type { NodeDiskSource } from './node-disk-source.ts';

/** The source that `storage.nodeDisks` names; undefined for none. Nothing is read yet. */
export function openNodeDisks(
  config: NodeDisksConfig,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): NodeDiskSource | undefined {
  if (config.kind === 'none') return undefined;
  if (config.kind === 'folder') return createDiskFolder({ path: config.path, logger });
  return createPrometheusDisks({ config, clock, logger, random: Math.random });
}
