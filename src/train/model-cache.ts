import { LRUCache } from 'lru-cache';
import type { Logger } from '../core/log.ts';
import { redactedError } from '../core/log.ts';
import type { ContainerForecast } from '../core/outlook.ts';
import { parseContainerId } from '../core/workload.ts';
import { forecastBytes } from '../knowledge/forecast-codec.ts';
import type { KnowledgeBase } from '../knowledge/knowledge.ts';
import type { ForecastLookup } from './model-cache-view.ts';

export interface ModelCacheCounts {
  hits: number;
  misses: number;
  stale: number;
  refreshes: number;
  failures: number;
  evictions: number;
}

export interface ModelCache extends ForecastLookup {
  readonly counts: Readonly<ModelCacheCounts>;
  readonly bytes: number;
  readonly size: number;
  /** Reads every forecast that fits; called before the server says it is ready. */
  fill(): Promise<void>;
  /** A newer Outlook was published: what is held stays in use and is read again in the background. */
  refresh(version: number): Promise<void>;
  /** For tests and shutdown: waits for the reads that are under way. */
  settled(): Promise<void>;
}

interface Options {
  readonly knowledge: Pick<KnowledgeBase, 'forecast' | 'forecasts'>;
  readonly maxBytes: number;
  readonly logger: Logger;
}

/**
 * Forecasts in memory, bounded in bytes, least recently used out first. `get` never waits: a stale entry is served while it is
 * refreshed, a missing one is undefined and fetched for the next caller.
 */
export function createModelCache({ knowledge, maxBytes, logger }: Options): ModelCache {
  const counts: ModelCacheCounts = { hits: 0, misses: 0, stale: 0, refreshes: 0, failures: 0, evictions: 0 };
  const pending = new Set<Promise<unknown>>();
  let version = 0;
  // Whether everything that is stored is held: what is missing then need not be looked for on the disk, as most pods have no forecast.
  let isWhole = false;
  let barePods: ReadonlySet<string> = new Set();
  const cache = new LRUCache<string, ContainerForecast>({
    maxSize: maxBytes,
    sizeCalculation: forecastBytes,
    fetchMethod: (id) => knowledge.forecast(id),
    allowStale: true,
    allowStaleOnFetchRejection: true,
    noDeleteOnFetchRejection: true,
    disposeAfter: (_value, _key, reason) => {
      if (reason !== 'evict') return;
      counts.evictions += 1;
      isWhole = false;
    },
  });
  const track = (work: Promise<unknown>): Promise<unknown> => {
    const settled = work.catch((error: unknown) => {
      counts.failures += 1;
      logger.warn({ error: redactedError(error) }, 'a forecast could not be read; what is held stays in use');
    });
    pending.add(settled);
    return settled.finally(() => pending.delete(settled));
  };
  const fetchLater = (id: string): void => {
    counts.refreshes += 1;
    void track(cache.fetch(id, { forceRefresh: true }));
  };
  const load = async (): Promise<void> => {
    isWhole = true;
    try {
      const bare = new Set<string>();
      for await (const forecast of knowledge.forecasts()) {
        cache.set(forecast.id, forecast);
        if (parseContainerId(forecast.id)?.kind === 'Pod') bare.add(forecast.id);
      }
      barePods = bare;
    } catch (error) {
      isWhole = false;
      throw error;
    }
  };
  return {
    counts,
    get barePods() {
      return isWhole ? barePods : undefined;
    },
    get bytes() {
      return cache.calculatedSize;
    },
    get size() {
      return cache.size;
    },
    get(id) {
      const held = cache.get(id);
      if (held === undefined) counts.misses += 1;
      else counts.hits += 1;
      if (held === undefined && isWhole) return undefined;
      if (held === undefined || held.version < version - 1) {
        if (held !== undefined) counts.stale += 1;
        fetchLater(id);
      }
      return held;
    },
    fill: load,
    async refresh(newest) {
      version = newest;
      counts.refreshes += 1;
      await track(load());
    },
    async settled() {
      await Promise.all(pending);
    },
  };
}
