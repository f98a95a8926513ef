import type { Clock } from '../../core/clock.ts';
import type { CephMapConfig } from '../../core/config.ts';
import type { Logger } from '../../core/log.ts';
import { CommandMap } from './command-map.ts';
import { DashboardMap } from './dashboard-map.ts';
import type { CephDocuments } from './documents.ts';
import { FilesMap } from './files-map.ts';
import { HeldMap } from './held-map.ts';

export interface CephMapContext {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The map of a cluster by the way that the configuration names; undefined where it names none. */
export function openCephMap(config: CephMapConfig, { clock, logger }: CephMapContext): HeldMap | undefined {
  const documents = documentsOf(config, clock);
  return documents === undefined ? undefined : new HeldMap(documents, clock, logger);
}

function documentsOf(config: CephMapConfig, clock: Clock): CephDocuments | undefined {
  switch (config.kind) {
    case 'command':
      return new CommandMap(config);
    case 'dashboard':
      return new DashboardMap(config, clock);
    case 'files':
      return new FilesMap(config.path, clock);
    case 'none':
      return undefined;
  }
}
