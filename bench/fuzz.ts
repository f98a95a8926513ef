import { startAdmitting } from '../test/cluster/admitting-service.ts';
import { createFuzzNamespaces, fuzzNamespaces, fuzzPods } from '../test/cluster/fuzz.ts';
import { fuzzReviews } from '../test/cluster/fuzz-reviews.ts';
import { startCluster } from '../test/cluster/start.ts';
import type { Benchmark, Row } from './benchmark.ts';

const podCases = 20_000;
const reviewCases = 20_000;

/** Not a time but whether the API server refuses anything for the webhook; the tests do the same with fewer cases. */
export const fuzzBenchmark: Benchmark = {
  name: 'fuzz',
  description: `${podCases} arbitrary pods and ${reviewCases} damaged reviews, whose patched pods the API server has to accept (by name only)`,
  isLong: true,
  async run() {
    const cluster = await startCluster({ nodes: 3 });
    try {
      await createFuzzNamespaces(cluster);
      const service = await startAdmitting(cluster, {});
      const each = Math.ceil(podCases / fuzzNamespaces.length);
      const rows: Row[] = [];
      for (const namespace of fuzzNamespaces) {
        rows.push({ what: `pods in ${namespace}`, ...(await fuzzPods(cluster, service, namespace, each)) });
        process.stderr.write(`fuzz: ${JSON.stringify(rows.at(-1))}\n`);
      }
      rows.push({ what: 'reviews', ...(await fuzzReviews(cluster, service, reviewCases)) });
      await service.close();
      return rows;
    } finally {
      await cluster.stop();
    }
  },
};
