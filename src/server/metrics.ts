import { Counter, collectDefaultMetrics, type Registry } from 'prom-client';
import type { UnchangedReason } from '../core/decision.ts';
import type { Logger } from '../core/log.ts';
import { apiEndpoints, hotEndpoints } from './endpoints.ts';
import { diskMetrics } from './metrics-disks.ts';
import { type MetricSources, polledMetrics, registerPolled } from './metrics-polled.ts';
import { registerDurations, servedMetrics } from './metrics-served.ts';
import { type CountClaim, claimCounter, storageMetrics } from './metrics-storage.ts';
import { createCounts, type ThreadCounts, ThreadMeter } from './thread-counts.ts';

export type { MetricSources } from './metrics-polled.ts';

export type AccessResult = 'allowed' | 'unauthenticated' | 'forbidden' | 'unavailable';

export interface MetricsOptions {
  /** Hot routes beside those of endpoints.ts that are counted under their own path. */
  readonly endpoints?: readonly string[];
}

/** What code counts as it happens; what can be read from elsewhere is read at each scrape (MetricSources). docs/metrics.md lists all; a test compares. */
export interface Metrics {
  readonly registry: Registry;
  /** What this thread counts as it serves. */
  readonly meter: ThreadMeter;
  countDecision(outcome: 'enforced' | 'observed' | 'unchanged', reason: UnchangedReason | ''): void;
  countAccess(result: AccessResult): void;
  readonly countClaim: CountClaim;
  /** What one more thread counts in; what it counted stays when it ends. */
  countsForThread(): ThreadCounts;
}

// To count these, every scrape would go through each open connection; and gauges called _total are what Prometheus' own linter refuses.
const leftOut = ['resources', 'handles', 'requests'].flatMap((what) => [
  `nodejs_active_${what}`,
  `nodejs_active_${what}_total`,
]);

/** Makes every metric of the server in a registry of its own, those of the process too. */
export function createMetrics(
  registry: Registry,
  sources: MetricSources,
  logger: Logger,
  options: MetricsOptions = {},
): Metrics {
  collectDefaultMetrics({ register: registry });
  for (const name of leftOut) registry.removeSingleMetric(name);
  const endpoints = [...new Set([...Object.keys(hotEndpoints), ...apiEndpoints, ...(options.endpoints ?? [])])];
  const counts: ThreadCounts[] = [createCounts(endpoints)];
  registerPolled(
    registry,
    [
      ...polledMetrics(sources),
      ...servedMetrics(counts),
      ...storageMetrics(() => sources.storage?.()),
      ...diskMetrics(() => sources.disks?.()),
    ],
    logger,
  );
  registerDurations(registry, counts);
  const registers = [registry];
  const decisions = new Counter({
    name: 'barograph_decisions_total',
    help: 'Decisions on pods by outcome (enforced, observed, unchanged) and, where unchanged, the reason',
    labelNames: ['outcome', 'reason'],
    registers,
  });
  const access = new Counter({
    name: 'barograph_access_checks_total',
    help: 'Checks of who may read the API, by result (allowed, unauthenticated, forbidden, unavailable)',
    labelNames: ['result'],
    registers,
  });
  return {
    registry,
    meter: new ThreadMeter(counts[0] ?? createCounts(endpoints)),
    countDecision: (outcome, reason) => decisions.inc({ outcome, reason }),
    countAccess: (result) => access.inc({ result }),
    countClaim: claimCounter(registry),
    countsForThread() {
      const more = createCounts(endpoints);
      counts.push(more);
      return more;
    },
  };
}
