import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { manifests } from '../../src/cli/install/manifests.ts';
import { type Service, startService } from '../../src/cli/service.ts';
import { openConnection } from '../../src/cluster/connection.ts';
import { configSchema } from '../../src/core/config.ts';
import { validateConfig } from '../../src/core/config-file.ts';
import { silentLogger } from '../../src/core/log.ts';
import { resourceStore } from '../../src/operator/storage/custom-resources.ts';
import { installOptions } from '../deploy/install-options.ts';
import { kubeconfigOfAccount } from './account.ts';
import type { KubeObject } from './api.ts';
import { applyAll } from './apply.ts';
import { clusterAvailable } from './available.ts';
import { type Cluster, clusterStartMilliseconds, startCluster } from './start.ts';
import { waitFor } from './wait-for.ts';

const skip = clusterAvailable();
const folder = '/apis/barograph.dev/v1alpha1';

describe.skipIf(skip !== undefined)(
  `storage with the rights of an installation${skip === undefined ? '' : ` (${skip})`}`,
  () => {
    const temporary = mkdtempSync(join(tmpdir(), 'barograph-rights-'));
    let cluster: Cluster;
    let service: Service | undefined;
    let kubeconfig: string;

    beforeAll(async () => {
      cluster = await startCluster({});
      const smart = join(temporary, 'smart');
      mkdirSync(join(smart, 'node-1'), { recursive: true });
      const reading = JSON.parse(
        readFileSync(new URL('../collect/smart/fixtures/ata-hgst.json', import.meta.url), 'utf8'),
      );
      const said = {
        ...reading,
        local_time: { time_t: Math.floor(Date.now() / 1000) },
        smart_status: { ...reading.smart_status, passed: false },
      };
      writeFileSync(join(smart, 'node-1', 'sda.json'), JSON.stringify(said));
      const storage = { nodeDisks: { kind: 'folder', path: smart, every: '1s' }, plans: { every: '1s' } };
      const configuration = { source: { kind: 'trace', path: temporary }, storage };
      const objects = manifests(installOptions({ replicas: 2, certificates: { kind: 'managed' }, configuration }));
      await applyAll(cluster, objects);
      kubeconfig = (await kubeconfigOfAccount(cluster, temporary, 'barograph', 'barograph')).path;
      const map = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'barograph');
      const installed = parse((map?.data as Record<string, string> | undefined)?.['barograph.yaml'] ?? '');
      const config = validateConfig(
        configSchema,
        {
          ...installed,
          server: { ...installed.server, address: '127.0.0.1:0', peers: undefined },
          knowledge: { kind: 'sqlite', path: join(temporary, 'data') },
          kubernetes: { kubeconfig },
          training: { enabled: false },
        },
        'the ConfigMap',
      );
      service = await startService(config, { logger: silentLogger, startedMilliseconds: performance.timeOrigin });
    }, clusterStartMilliseconds);

    afterAll(async () => {
      await service?.close(1);
      await cluster?.stop();
      rmSync(temporary, { recursive: true });
    });

    test('disks and plans are written, and a plan that is approved is answered', async () => {
      const plan = await waitFor<KubeObject>(
        async () => (await cluster.api.list(`${folder}/storageplans`))[0],
        40,
        'a plan',
      );
      const [health] = await cluster.api.list(`${folder}/diskhealths`);
      expect(health.status).toMatchObject({ node: 'node-1', verdict: 'Failing' });
      expect(plan.spec.approve).toBe(false);
      const query = encodeURIComponent(`involvedObject.uid=${plan.metadata.uid}`);
      const events = `/api/v1/namespaces/default/events?fieldSelector=${query}`;
      await waitFor(async () => (await cluster.api.list(events)).length > 0, 10, 'an Event');
      const lease = await cluster.api.get('/apis/coordination.k8s.io/v1/namespaces/barograph/leases/barograph-storage');
      expect(lease.spec.holderIdentity).toBeTruthy();
    }, 90_000);

    test('whatever is removed may be removed', async () => {
      const connection = openConnection({ kubeconfig });
      for (const kind of ['diskhealths', 'poolforecasts', 'storageplans'] as const) {
        const store = resourceStore(connection, kind);
        await store.create('mine', kind === 'storageplans' ? { steps: [{ action: 'osd-out', osd: 1 }] } : undefined);
        await store.patchStatus('mine', {});
        await store.remove('mine');
        expect((await store.list()).map(({ name }) => name)).not.toContain('mine');
      }
    }, 30_000);
  },
);
