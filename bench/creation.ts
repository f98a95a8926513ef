import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BarographError } from '../src/core/errors.ts';
import type { KubeObject } from '../test/cluster/api.ts';
import { type Cluster, startCluster } from '../test/cluster/start.ts';
import { waitFor } from '../test/cluster/wait-for.ts';
import { registerWebhooks } from '../test/journey/support/install.ts';
import { Served } from '../test/journey/support/served.ts';
import type { Benchmark, Row } from './benchmark.ts';
import { quantile } from './server/load.ts';
import { fillKnowledge } from './start/knowledge.ts';
import { rounded } from './stopwatch.ts';

const workloads = 2000;
const historySteps = 144;
// bench/series.ts spreads its series over so many namespaces, of which the first is used.
const namespaces = 50;
const pairs = 1500;
const warmPairs = 100;

type Arm = 'none' | 'ours';
const namespaceOf: Readonly<Record<Arm, string>> = { none: 'plain', ours: 'team-0' };

/** The same pod in a namespace that no webhook is called for and in one whose pods are sized, by turns, so that a noisy machine is noisy for both. */
export const creationBenchmark: Benchmark = {
  name: 'creation',
  description: `${pairs} pods created through a real API server without a webhook, and as many sized on the way (by name only)`,
  isLong: true,
  async run() {
    const folder = await mkdtemp(join(tmpdir(), 'barograph-bench-'));
    const cluster = await startCluster();
    try {
      await cluster.api.createNamespace(namespaceOf.none);
      await cluster.api.createNamespace(namespaceOf.ours, { labels: { 'barograph.dev/enabled': 'true' } });
      // Nobody shall look at the pods, nor delete those whose owners are not there.
      for (const name of ['kwok', 'scheduler', 'controller-manager'] as const) await cluster.kill(name);
      const served = await serve(cluster, folder);
      try {
        await registerWebhooks(cluster, served);
        await waitFor(async () => isSized(await create(cluster, 'ours', 0)), 20, 'the webhook to be called', 100);
        return rowsOf(await measure(cluster));
      } finally {
        await served.dispose();
      }
    } finally {
      await cluster.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function serve(cluster: Cluster, folder: string): Promise<Served> {
  const knowledge = join(folder, 'knowledge');
  const knownSeconds = await fillKnowledge(knowledge, workloads, historySteps);
  return Served.start({
    cluster,
    config: {
      source: { kind: 'trace', path: await mkdtemp(join(folder, 'trace-')) },
      knowledge: { kind: 'sqlite', path: knowledge },
      clock: { start: new Date((knownSeconds + 60) * 1000).toISOString() },
      outlook: { maxAge: '1d' },
      mode: 'enforce',
      log: { level: 'warn' },
    },
  });
}

async function measure(cluster: Cluster): Promise<Readonly<Record<Arm, readonly number[]>>> {
  const times: Record<Arm, number[]> = { none: [], ours: [] };
  for (let pair = 1; pair <= warmPairs + pairs; pair += 1) {
    // Who comes first pays for what the API server does after a creation.
    const arms: readonly Arm[] = pair % 2 === 0 ? ['none', 'ours'] : ['ours', 'none'];
    for (const arm of arms) {
      const began = performance.now();
      const pod = await create(cluster, arm, pair);
      const milliseconds = performance.now() - began;
      if (isSized(pod) !== (arm === 'ours')) {
        throw new BarographError(
          'INTERNAL',
          `expected ${arm === 'ours' ? 'a' : 'no'} decision on ${pod.metadata.name}`,
        );
      }
      if (pair > warmPairs) times[arm].push(milliseconds);
    }
  }
  return times;
}

function rowsOf(times: Readonly<Record<Arm, readonly number[]>>): readonly Row[] {
  const rows = (['none', 'ours'] as const).map(
    (webhook): Row => ({
      webhook,
      pods: times[webhook].length,
      p50Milliseconds: rounded(quantile(times[webhook], 0.5)),
      p90Milliseconds: rounded(quantile(times[webhook], 0.9)),
      p99Milliseconds: rounded(quantile(times[webhook], 0.99)),
    }),
  );
  const added = quantile(times.ours, 0.5) - quantile(times.none, 0.5);
  return [...rows, { webhook: 'difference', p50Milliseconds: rounded(added) }];
}

function create({ api }: Cluster, arm: Arm, number: number): Promise<KubeObject> {
  const series = (number * namespaces) % workloads;
  const name = `service-${series}-5d4f8c7b9d`;
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid: `uid-${series}`, controller: true };
  return api.create(`/api/v1/namespaces/${namespaceOf[arm]}/pods`, {
    metadata: {
      name: `${name}-${number}-${Math.random().toString(36).slice(2, 8)}`,
      labels: { app: `service-${series}`, 'pod-template-hash': '5d4f8c7b9d' },
      ownerReferences: [owner],
    },
    spec: {
      containers: [
        {
          name: 'app',
          image: 'registry.example/service:1',
          resources: { requests: { cpu: '3', memory: '4Gi' }, limits: { memory: '8Gi' } },
        },
      ],
    },
  });
}

function isSized({ metadata }: KubeObject): boolean {
  return metadata.annotations?.['barograph.dev/decision'] !== undefined;
}
