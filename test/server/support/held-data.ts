import { type ApiData, matchesQuery } from '../../../src/server/api-data.ts';
import { containerForecast, decisionOf, outlookOf } from '../../support/samples.ts';
import { heldStorage } from '../../support/storage-report.ts';

const decisions = ['2026-01-03', '2026-01-02', '2026-01-01'].map((day, i) => ({
  ...decisionOf(`d${3 - i}`, `${day}T00:00:00.000Z`),
  workload: { namespace: i === 2 ? 'other' : 'shop', kind: i === 1 ? 'StatefulSet' : 'Deployment', name: 'checkout' },
}));

/** Three decisions, one workload of two containers, an Outlook of three nodes: held in memory. */
export const heldData: ApiData = {
  decision: async (id) => decisions.find((decision) => decision.id === id),
  decisions: async (query) => decisions.filter((one) => matchesQuery(one, query)).slice(0, query.limit),
  status: () => ({
    version: '1.2.3',
    ready: true,
    outlook: {
      version: 7,
      madeSeconds: 1_700_600_010,
      dataSeconds: 1_700_600_000,
      ageSeconds: 42,
      fresh: true,
      containers: 2,
      nodes: 3,
    },
    trainedToSeconds: 1_700_600_000,
    cache: { hits: 10, misses: 2, stale: 1, refreshes: 3, failures: 0, evictions: 0, bytes: 4096, size: 2 },
    sources: [{ kind: 'prometheus', errors: 1, lastError: 'no answer' }],
  }),
  forecasts: async ({ namespace, kind, name }) =>
    namespace === 'shop' ? ['app', 'proxy'].map((one) => containerForecast(`${namespace}/${kind}/${name}/${one}`)) : [],
  outlook: () => outlookOf(7, ['node-a', 'node-b', 'node-c']),
  storage: () => heldStorage(),
};
