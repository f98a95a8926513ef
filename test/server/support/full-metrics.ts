import { Registry } from 'prom-client';
import type { KindCounts } from '../../../src/cluster/cluster-state.ts';
import { unchangedReasons } from '../../../src/core/decision.ts';
import { type Logger, silentLogger } from '../../../src/core/log.ts';
import { extenderOutcomes } from '../../../src/extender/extender.ts';
import { createMetrics, type MetricSources, type Metrics } from '../../../src/server/metrics.ts';
import { poolRefusalReasons } from '../../../src/storage/storage-state.ts';
import { claimReasons } from '../../../src/webhook/claims/claim-outcomes.ts';
import { heldStorage } from '../../support/storage-report.ts';
import { osdDisk, poolOutlook, storageState } from '../../support/storage-state.ts';

const counts: KindCounts = { lists: 1, relists: 2, watches: 6, events: 30, errors: 4, synced: true, items: 5 };

/** A pool for each reason to be refused. */
const badStorage = storageState(
  {
    pools: poolRefusalReasons.map((reason) => poolOutlook(reason, { refused: [{ reason, text: '' }] })),
    disks: [osdDisk(0, { isFailing: true })],
  },
  1_764_000_000,
);

/** Every source of numbers with something to say. */
export const allSources: MetricSources = {
  version: '1.2.3',
  outlook: () => ({ version: 7, ageSeconds: 42, containers: 12, nodes: 3 }),
  cache: () => ({ hits: 10, misses: 2, stale: 1, refreshes: 3, failures: 4, evictions: 5, bytes: 4096, size: 6 }),
  trainer: () => ({ trainedToSeconds: 1_700_600_000, steps: 100, failures: 2, series: 24 }),
  repairs: () => ({ gaps: 1, duplicates: 2, nonFinite: 3, negative: 4, resets: 5, future: 6, outOfOrder: 7 }),
  sourceErrors: () => ({ prometheus: 8 }),
  realisedRisk: () => [
    { resource: 'cpu', promised: 0.01, exceeded: 30, measured: 2000 },
    { resource: 'memory', promised: 0.001, exceeded: 0, measured: 0 },
  ],
  certificateExpirySeconds: () => 1_800_000_000,
  watches: () => ({ pods: counts, replicaSets: { ...counts, synced: false } }),
  disks: () => heldStorage(),
  storage: () => ({ state: badStorage, nowSeconds: 1_764_000_010 }),
  dropped: () => ({ decisions: 9, events: 0 }),
};

export function newMetrics(sources: MetricSources = allSources, logger: Logger = silentLogger): Metrics {
  return createMetrics(new Registry(), sources, logger);
}

/** Metrics in which everything was counted that can be. */
export function fullMetrics(): Metrics {
  const metrics = newMetrics();
  metrics.countDecision('enforced', '');
  metrics.countDecision('observed', '');
  for (const reason of unchangedReasons) metrics.countDecision('unchanged', reason);
  metrics.countClaim('enforced', '');
  metrics.countClaim('observed', '');
  for (const reason of claimReasons) metrics.countClaim('unchanged', reason);
  for (const outcome of extenderOutcomes) {
    for (const verb of ['filter', 'prioritize', 'preempt'] as const) metrics.meter.countExtender(verb, outcome);
  }
  metrics.meter.requestBegan('/admission/pods');
  for (const status of ['2xx', '3xx', '4xx', '5xx', 'aborted'] as const) {
    metrics.meter.requestBegan('/admission/pods');
    metrics.meter.requestEnded('/admission/pods', status, 0.003);
  }
  for (const result of ['allowed', 'unauthenticated', 'forbidden', 'unavailable'] as const) metrics.countAccess(result);
  for (const kind of ['tls', 'timeout', 'too-large', 'too-many', 'malformed'] as const)
    metrics.meter.countConnectionError(kind);
  metrics.meter.connectionOpened();
  return metrics;
}
