import { type ContainerForecast, isFresh } from '../core/outlook.ts';
import { workloadId } from '../core/workload.ts';
import { type ApiData, matchesQuery, type ServerStatus } from '../server/api-data.ts';
import { type StorageReport, storageReport } from '../storage/storage-report.ts';
import { packageVersion } from './package-version.ts';
import type { Parts } from './parts.ts';
import { findDecision, mergeDecisions } from './replica-decisions.ts';
import { knownDisks, reportOptions } from './service-plans.ts';

// So many of the newest decisions are looked through for those of a workload.
const searchedDecisions = 5000;

/** What `/api/v1` reads, from the parts of a service. */
export function apiDataOf(parts: Parts): ApiData {
  const { outlook, knowledge } = parts;
  return {
    ...decisionsOf(parts),
    status: () => statusOf(parts),
    forecasts: async (workload) => {
      const prefix = `${workloadId(workload)}/`;
      const found: ContainerForecast[] = [];
      for await (const forecast of knowledge.forecasts(prefix)) found.push(forecast);
      return found;
    },
    outlook: () => outlook.outlook,
    storage: () => storageOf(parts),
  };
}

/** Decisions of this replica, and unless only those are asked for, of the others. */
function decisionsOf({ recorder, peers }: Parts): Pick<ApiData, 'decision' | 'decisions'> {
  return {
    decision: (id, scope = 'all') => (scope === 'local' ? recorder.find(id) : findDecision(id, { recorder, peers })),
    decisions: async (query) => {
      const isAny = query.namespace === undefined && query.workload === undefined;
      const newest = await recorder.latest(isAny ? query.limit : searchedDecisions);
      const own = newest.filter((decision) => matchesQuery(decision, query)).slice(0, query.limit);
      if (query.scope === 'local') return own;
      return mergeDecisions([...own, ...(await peers.decisions(query))], query.limit);
    },
  };
}

/** Pools, disks and plans as they are known now; undefined where no storage is configured. */
export function storageOf({ storage, clock }: Parts): StorageReport | undefined {
  if (storage === undefined) return undefined;
  const { config, keeper, plans } = storage;
  return storageReport(keeper.state, knownDisks(keeper), plans.plans, reportOptions(config, clock.nowSeconds()));
}

function statusOf({ config, clock, cache, outlook, trainer, view }: Parts): ServerStatus {
  const held = outlook.outlook;
  const now = clock.nowSeconds();
  const summary = held && {
    version: held.version,
    madeSeconds: held.madeSeconds,
    dataSeconds: held.dataSeconds,
    ageSeconds: now - held.dataSeconds,
    fresh: isFresh(held, now, config.outlook.maxAge),
    containers: held.containers,
    nodes: held.nodes.names.length,
  };
  return {
    version: packageVersion(),
    ready: view.synced,
    outlook: summary,
    trainedToSeconds: trainer?.status?.trainedToSeconds,
    cache: { ...cache.counts, bytes: cache.bytes, size: cache.size },
    sources: [{ kind: config.source.kind, errors: trainer?.status?.failures.source ?? 0 }],
  };
}
