import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storageDefinitions } from '../../src/cli/install/storage-crds.ts';
import type { StorageReport } from '../../src/storage/storage-report.ts';
import { type KubeObject, waitFor } from '../cluster/api.ts';
import { applyAll } from '../cluster/apply.ts';
import { clusterAvailable } from '../cluster/available.ts';
import { type Cluster, clusterStartMilliseconds, startCluster } from '../cluster/start.ts';
import { registerWebhooks, useExtender } from './support/install.ts';
import { runCli } from './support/run-cli.ts';
import { Served } from './support/served.ts';
import { metricOf } from './support/served-metric.ts';

const skip = clusterAvailable();
const nodes = ['node-0', 'node-1', 'node-2'];
const dyingNode = 'node-1';
const pods = '/api/v1/namespaces/shop/pods';
const claims = '/api/v1/namespaces/shop/persistentvolumeclaims';
const plans = '/apis/barograph.dev/v1alpha1/storageplans';
const well = readFileSync(new URL('../collect/smart/fixtures/ata-hgst.json', import.meta.url), 'utf8');

describe.skipIf(skip !== undefined)(
  `pods with volumes on disks that fail${skip === undefined ? '' : ` (${skip})`}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'barograph-disks-'));
    let cluster: Cluster;
    let served: Served;
    let named = 0;

    beforeAll(async () => {
      for (const node of nodes) writeDisk(node, node !== dyingNode);
      cluster = await startCluster({ nodes: nodes.length });
      // What `install --print` makes where it has not the server outside the cluster.
      await cluster.api.createNamespace('barograph');
      await cluster.api.createNamespace('shop');
      await applyAll(cluster, storageDefinitions());
      served = await Served.start({
        cluster,
        config: {
          source: { kind: 'trace', path: folder },
          training: { enabled: false },
          storage: {
            nodeDisks: { kind: 'folder', path: join(folder, 'smart'), every: '1s' },
            plans: { every: '1s' },
          },
        },
      });
      await registerWebhooks(cluster, served);
      // The filter is registered by itself: the configuration has a rule that refuses nodes.
      await useExtender(cluster, served, ['--config', served.configFile]);
      await cluster.api.create('/apis/storage.k8s.io/v1/storageclasses', {
        metadata: { name: 'local' },
        provisioner: 'kubernetes.io/no-provisioner',
        volumeBindingMode: 'WaitForFirstConsumer',
      });
      await waitFor(async () => (await report()).disks.length === nodes.length, 30, 'the disks to be read');
    }, clusterStartMilliseconds);

    afterAll(async () => {
      await served?.dispose();
      await cluster?.stop();
      rmSync(folder, { recursive: true });
    }, 60_000);

    /** What smartctl says of /dev/sdb of a node, now. */
    function writeDisk(node: string, passed: boolean): void {
      const reading = JSON.parse(well);
      const folderOfNode = join(folder, 'smart', node);
      mkdirSync(folderOfNode, { recursive: true });
      const said = {
        ...reading,
        device: { ...reading.device, name: '/dev/sdb' },
        serial_number: `SERIAL-${node}`,
        local_time: { time_t: Math.floor(Date.now() / 1000) },
        smart_status: { ...reading.smart_status, passed },
      };
      writeFileSync(join(folderOfNode, 'sdb.json'), JSON.stringify(said));
    }

    async function report(): Promise<StorageReport> {
      return (await served.get('/api/v1/storage')) as StorageReport;
    }

    /** A local volume on /dev/sdb of each node. */
    async function addVolumes(): Promise<void> {
      named += 1;
      for (const node of nodes) {
        await cluster.api.create('/api/v1/persistentvolumes', {
          metadata: { name: `local-${named}-${node}` },
          spec: {
            capacity: { storage: '10Gi' },
            accessModes: ['ReadWriteOnce'],
            persistentVolumeReclaimPolicy: 'Retain',
            storageClassName: 'local',
            local: { path: '/dev/sdb' },
            nodeAffinity: {
              required: {
                nodeSelectorTerms: [
                  { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] },
                ],
              },
            },
          },
        });
      }
    }

    async function createClaim(name: string): Promise<void> {
      await cluster.api.create(claims, {
        metadata: { name },
        spec: {
          accessModes: ['ReadWriteOnce'],
          storageClassName: 'local',
          resources: { requests: { storage: '10Gi' } },
        },
      });
    }

    async function createPod(name: string, claim?: string): Promise<void> {
      // Of a node a sixteenth each; the scheduler alone spreads such pods evenly.
      const resources = { requests: { cpu: '1', memory: '4Gi' } };
      const volumes = claim === undefined ? [] : [{ name: 'data', persistentVolumeClaim: { claimName: claim } }];
      await cluster.api.create(pods, {
        metadata: { name },
        spec: { containers: [{ name: 'app', image: 'example.org/app:1', resources }], volumes },
      });
    }

    function nodeOf(name: string): Promise<string> {
      return waitFor<string | undefined>(
        async () => (await cluster.api.get(`${pods}/${name}`)).spec.nodeName,
        30,
        `${name} to be on a node`,
      );
    }

    async function refusal(name: string): Promise<string> {
      const query = encodeURIComponent(`involvedObject.name=${name},reason=FailedScheduling`);
      return waitFor<string | undefined>(
        async () => (await cluster.api.list(`/api/v1/namespaces/shop/events?fieldSelector=${query}`))[0]?.message,
        30,
        `${name} to be refused`,
      );
    }

    test('a pod with a claim of a local class never goes to the node whose disk says that it fails', async () => {
      const placed: string[] = [];
      for (const name of ['db-0', 'db-1', 'db-2', 'db-3']) {
        await addVolumes();
        await createClaim(name);
        await createPod(name, name);
        placed.push(await nodeOf(name));
      }
      expect(placed).not.toContain(dyingNode);
      const calls = 'barograph_extender_calls_total\\{[^}]*outcome="disk-refused"[^}]*\\}';
      expect(await metricOf(served, calls)).toBeGreaterThanOrEqual(4);
    }, 120_000);

    test('pods without volumes go there as before', async () => {
      const placed = new Set<string>();
      for (let i = 0; i < 6; i += 1) {
        await createPod(`web-${i}`);
        placed.add(await nodeOf(`web-${i}`));
      }
      expect([...placed].sort()).toEqual(nodes);
    }, 120_000);

    test('a volume that is already on the disk keeps its pod waiting, and says why', async () => {
      await createClaim('old');
      await cluster.api.patch(`${claims}/old`, { spec: { volumeName: `local-1-${dyingNode}` } });
      const bound = async (): Promise<boolean> => (await cluster.api.get(`${claims}/old`)).status.phase === 'Bound';
      await waitFor(bound, 30, 'the claim to be bound');
      await createPod('old-0', 'old');
      expect(await refusal('old-0')).toContain(
        "1 barograph: a disk that this pod's data would be on says that it fails",
      );
    }, 120_000);

    test('the disk, its node and the plan to replace it are told: by the API, the command line and in objects', async () => {
      const { disks } = await report();
      expect(disks.find(({ node }) => node === dyingNode)).toMatchObject({
        device: 'sdb',
        verdict: 'Failing',
        fresh: true,
      });
      const plan = await waitFor<KubeObject>(async () => (await cluster.api.list(plans))[0], 30, 'a plan');
      expect(plan.spec).toMatchObject({ approve: false, subject: `disk sdb of ${dyingNode}`, urgent: true });
      const health: KubeObject[] = await cluster.api.list('/apis/barograph.dev/v1alpha1/diskhealths');
      expect(health.map(({ status }) => [status.node, status.verdict]).sort()).toEqual([
        ['node-0', 'Good'],
        ['node-1', 'Failing'],
        ['node-2', 'Good'],
      ]);
      const tokenFile = join(folder, 'token');
      writeFileSync(tokenFile, cluster.token);
      const server = ['--server', served.url, '--authority', join(served.certs, 'ca.crt'), '--token-file', tokenFile];
      const text = await runCli(['storage', ...server]);
      expect(text).toMatch(/node-1 +sdb .* failing /);
      expect(text).toMatch(/! disk sdb of node-1: .*the device itself says that it fails/);
      expect(text).toContain('1. replace the disk sdb of node-1 by');
    }, 60_000);

    test('once the disk is replaced its node takes volumes again, and the plan goes', async () => {
      const cordon = (unschedulable: boolean) =>
        cluster.api.patch(`/api/v1/nodes/${dyingNode}`, { spec: { unschedulable } });
      await cordon(true);
      writeDisk(dyingNode, true);
      await waitFor(async () => (await cluster.api.list(plans)).length === 0, 30, 'the plan to be taken back');
      // The scheduler looks again at what it could not place when a node changes.
      await cordon(false);
      expect(await nodeOf('old-0')).toBe(dyingNode);
    }, 120_000);
  },
);
