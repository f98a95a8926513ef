import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitFor } from './api.ts';
import { clusterAvailable } from './available.ts';
import { type Cluster, clusterStartMilliseconds, startCluster } from './start.ts';

const skip = clusterAvailable();

describe.skipIf(skip !== undefined)(`a test cluster${skip === undefined ? '' : ` (${skip})`}`, () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startCluster({ nodes: 5 });
  }, clusterStartMilliseconds);

  afterAll(() => cluster?.stop());

  test('has the nodes asked for, ready and with room', async () => {
    const nodes = await cluster.api.list('/api/v1/nodes');
    expect(nodes.map((node) => node.metadata.name)).toEqual(['node-0', 'node-1', 'node-2', 'node-3', 'node-4']);
    expect(nodes[0].status.allocatable).toMatchObject({ cpu: '16', memory: '64Gi', pods: '110' });
  });

  test('binds a pod and runs it', async () => {
    const pods = '/api/v1/namespaces/default/pods';
    await cluster.api.create(pods, {
      metadata: { name: 'one' },
      spec: { containers: [{ name: 'app', image: 'example.com/app:1' }] },
    });
    const pod = await waitFor(
      async () => {
        const seen = await cluster.api.get(`${pods}/one`);
        return seen.status.phase === 'Running' ? seen : undefined;
      },
      20,
      'the pod to run',
    );
    expect(pod.spec.nodeName).toMatch(/^node-\d$/);
  });

  test('says what runs, and starts again what was killed', async () => {
    await cluster.kill('scheduler');
    expect(cluster.status().scheduler).toBeUndefined();
    await cluster.start('scheduler');
    expect(Object.values(cluster.status()).every((pid) => pid !== undefined && pid > 0)).toBe(true);
  });

  test('names the log and shows its end when a component does not start', async () => {
    await expect(cluster.restartScheduler('kind: Nonsense')).rejects.toThrow(
      /scheduler ended while it was starting; .*scheduler\.log ends with:\n.*Nonsense/s,
    );
  });

  test('leaves nothing behind', async () => {
    const pids = Object.values(cluster.status());
    await cluster.stop();
    expect(existsSync(cluster.run)).toBe(false);
    // A process that has ended stays in the table until its parent has looked.
    const isGone = (): boolean => pids.every((pid) => pid === undefined || !existsSync(`/proc/${pid}`));
    await waitFor(isGone, 5, 'the processes to be gone');
  });
});
