import type { ApiData } from '../../src/server/api-data.ts';

/** What a server answers of which nobody asks for anything but its hot routes. */
export const noApiData: ApiData = {
  decision: async () => undefined,
  decisions: async () => [],
  forecasts: async () => [],
  outlook: () => undefined,
  status: () => ({
    version: 'bench',
    ready: true,
    outlook: undefined,
    trainedToSeconds: undefined,
    cache: { hits: 0, misses: 0, stale: 0, refreshes: 0, failures: 0, evictions: 0, bytes: 0, size: 0 },
    sources: [],
  }),
};
