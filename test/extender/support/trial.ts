import type { PodView } from '../../../src/cluster/view.ts';
import { manualClock } from '../../../src/core/clock.ts';
import type { Placement } from '../../../src/core/decision.ts';
import { type Logger, silentLogger } from '../../../src/core/log.ts';
import type { Outlook } from '../../../src/core/outlook.ts';
import { createExtender, type Extender, type ExtenderOptions } from '../../../src/extender/extender.ts';
import type { ForecastLookup } from '../../../src/train/model-cache-view.ts';
import { type MemoryView, memoryView, nodeView } from '../../support/view.ts';
import { lookupOf, startSeconds } from './outlook.ts';

export interface TrialOptions {
  readonly outlook?: Outlook;
  readonly forecasts?: ForecastLookup;
  readonly view?: MemoryView;
  readonly pods?: readonly PodView[];
  readonly refuse?: boolean;
  readonly nowSeconds?: number;
  /** Threads that the extender has a kernel for. */
  readonly threads?: number;
  readonly disks?: ExtenderOptions['disks'];
}

export interface Trial {
  readonly extender: Extender;
  readonly view: MemoryView;
  readonly clock: ReturnType<typeof manualClock>;
  /** `verb outcome` of every call so far. */
  readonly counted: readonly string[];
  readonly placed: ReadonlyMap<string, Placement>;
  readonly warnings: readonly string[];
}

/** An extender on a cluster in memory, with the Outlook's nodes in it: 16 cores and 64 GiB each, of which 80 % are the target. */
export function trial(options: TrialOptions = {}): Trial {
  const { outlook, forecasts = lookupOf(), refuse = true, nowSeconds = startSeconds, threads = 2 } = options;
  const nodes = (outlook?.nodes.names ?? []).map((name) => nodeView(name));
  const view = options.view ?? memoryView({ nodes, pods: options.pods ?? [] });
  const clock = manualClock(nowSeconds);
  const counted: string[] = [];
  const warnings: string[] = [];
  const placed = new Map<string, Placement>();
  const logger: Logger = { ...silentLogger, warn: (_, message) => warnings.push(message) };
  const extender = createExtender({
    view,
    forecasts,
    clock,
    logger,
    maxOutlookAgeSeconds: 3600,
    targetUtilisation: 0.8,
    refuse,
    threads,
    disks: options.disks,
    onPlaced: (id, placement) => placed.set(id, placement),
    count: (verb, outcome) => counted.push(`${verb} ${outcome}`),
  });
  if (outlook !== undefined) extender.use(outlook);
  return { extender, view, clock, counted, placed, warnings };
}
