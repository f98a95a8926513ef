import { type ContainerForecast, isFresh } from '../core/outlook.ts';
import { workloadId } from '../core/workload.ts';
import { type ApiData, matchesQuery, type ServerStatus } from '../server/api-data.ts';
import { packageVersion } from './package-version.ts';
import type { Parts } from './parts.ts';

// So many of the newest decisions are looked through for those of a workload.
const searchedDecisions = 5000;

/** What `/api/v1` reads, from the parts of a service. */
export function apiDataOf(parts: Parts): ApiData {
  const { recorder, outlook, knowledge } = parts;
  return {
    decision: (id) => recorder.find(id),
    decisions: async (query) => {
      const isAny = query.namespace === undefined && query.workload === undefined;
      const newest = await recorder.latest(isAny ? query.limit : searchedDecisions);
      return newest.filter((decision) => matchesQuery(decision, query)).slice(0, query.limit);
    },
    status: () => statusOf(parts),
    forecasts: async (workload) => {
      const prefix = `${workloadId(workload)}/`;
      const found: ContainerForecast[] = [];
      for await (const forecast of knowledge.forecasts(prefix)) found.push(forecast);
      return found;
    },
    outlook: () => outlook.outlook,
  };
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
