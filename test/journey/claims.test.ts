import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requestJson } from '../../src/cli/request-json.ts';
import { cephMissing, loopDevicesMissing } from '../ceph/available.ts';
import type { Ceph } from '../ceph/ceph.ts';
import type { Load } from '../ceph/load.ts';
import { cephStartMilliseconds, startCeph } from '../ceph/start.ts';
import { type KubeObject, waitFor } from '../cluster/api.ts';
import { clusterAvailable } from '../cluster/available.ts';
import { type Cluster, clusterStartMilliseconds, startCluster } from '../cluster/start.ts';
import { registerWebhooks } from './support/install.ts';
import { runCli } from './support/run-cli.ts';
import { Served } from './support/served.ts';

const skip = clusterAvailable() ?? cephMissing() ?? loopDevicesMissing();
const decision = 'barograph.dev/decision';
const claims = '/api/v1/namespaces/shop/persistentvolumeclaims';
const pools = ['fast', 'slow', 'cold'] as const;
const smartctl = fileURLToPath(new URL('../collect/smart/fixtures/ata-seagate.json', import.meta.url));

interface PoolsAnswer {
  readonly poolNames: readonly string[];
  readonly failedPools: Readonly<Record<string, string>>;
  readonly priorities: readonly { readonly pool: string; readonly score: number }[];
}

describe.skipIf(skip !== undefined)(`claims on a real Ceph${skip === undefined ? '' : ` (${skip})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'barograph-claims-'));
  let ceph: Ceph;
  let cluster: Cluster;
  let served: Served;
  let load: Load | undefined;
  let named = 0;

  beforeAll(async () => {
    [ceph, cluster] = await Promise.all([startCeph(), startCluster({ nodes: 2 })]);
    for (const [osd] of pools.entries()) await ceph.setSmart(osd, smart(osd, true));
    served = await Served.start({
      cluster,
      config: {
        source: { kind: 'trace', path: folder },
        mode: 'enforce',
        training: { enabled: false },
        storage: {
          interval: '3s',
          maxAge: '60s',
          plans: { enabled: false },
          ceph: [
            {
              metrics: { kind: 'mgr', urls: ceph.metricsUrls, retryBudget: '3s', timeout: '2s' },
              map: { kind: 'command', command: ceph.readOnlyCommand },
              disks: { kind: 'ceph', every: '20s' },
            },
          ],
        },
      },
    });
    await registerWebhooks(cluster, served);
    await cluster.api.createNamespace('shop');
    for (const pool of pools) await createClass(pool, { pool });
    await createClass('standard', { pool: 'gone' }, {});
    // What each is like when it has little to do.
    for (const pool of pools) await ceph.load(pool, { seconds: 6, threads: 1 }).ended;
    await waitFor(async () => (await ask('1Mi')).poolNames.length === 3, 60, 'three pools that fit');
  }, clusterStartMilliseconds + cephStartMilliseconds);

  afterAll(async () => {
    await load?.stop();
    await served?.dispose();
    await Promise.all([cluster?.stop(), ceph?.stop()]);
    rmSync(folder, { recursive: true });
  }, 120_000);

  test('a claim goes to the pool that is quiet and has room, not to the loaded or the nearly full one', async () => {
    // What the loads leave on the other pools stays far below.
    await ceph.fill('cold', 0.55);
    await ceph.ratios(0.6);
    load = ceph.load('fast', { seconds: 300, threads: 32 });
    await waitFor(() => isScored('slow', 'fast', 2), 60, 'the load to be seen');
    await waitFor(async () => 'cold' in (await ask('512Mi')).failedPools, 90, 'the full pool to be seen');
    const created = await createClaims(4, '512Mi');
    expect(created.map(classOf)).toEqual(['slow', 'slow', 'slow', 'slow']);
    expect(created[0].metadata.annotations[decision]).toContain('; enforce; class standard -> slow');
    const explained = await explain(created[0]);
    expect(explained).toContain('its class was changed from standard to slow');
    expect(explained).toMatch(/cold .* refused .* are left until it is near full/);
    // From here on claims are small.
    await cluster.api.delete('/apis/storage.k8s.io/v1/storageclasses/cold');
    await ceph.ratios(0.85);
  }, 240_000);

  test('when the load moves, so do the next claims', async () => {
    await load?.stop();
    load = ceph.load('slow', { seconds: 300, threads: 32 });
    await waitFor(() => isScored('fast', 'slow', 1.5), 150, 'the load to be seen where it is now');
    expect((await createClaims(4)).map(classOf)).toEqual(['fast', 'fast', 'fast', 'fast']);
    await load.stop();
  }, 180_000);

  test('a pool whose disk has become slow gets none, though hardly anything is written', async () => {
    await ceph.slow(1, 0.3);
    load = ceph.load('slow', { seconds: 300, threads: 1 });
    const quiet = ceph.load('fast', { seconds: 60, threads: 1 });
    const isSeen = async (): Promise<boolean> => 'slow' in (await ask('16Mi', 'p99 < 900ms')).failedPools;
    await waitFor(isSeen, 120, 'the slow disk to be seen');
    await waitFor(() => isScored('fast', 'slow', 1.5), 60, 'the slow disk to count');
    expect((await createClaims(2)).map(classOf)).toEqual(['fast', 'fast']);
    const promised = await createClaim({ 'slo.barograph.dev/latency': 'p99 < 900ms' });
    expect(classOf(promised)).toBe('fast');
    expect(await explain(promised)).toMatch(/slow .* refused .* below 900 ms is asked for/);
    await Promise.all([quiet.stop(), load.stop(), ceph.quick(1)]);
  }, 180_000);

  test("a quota of the namespace on a class is kept, and a class that is not the claim's to have is not given", async () => {
    await cluster.api.create('/api/v1/namespaces/shop/resourcequotas', {
      metadata: { name: 'no-fast' },
      spec: { hard: { 'fast.storageclass.storage.k8s.io/persistentvolumeclaims': '0' } },
    });
    try {
      const claim = await waitFor(
        async () => {
          const created = await createClaim();
          return classOf(created) === 'slow' ? created : undefined;
        },
        30,
        'the quota to be seen',
      );
      expect(await explain(claim)).toMatch(/fast .* refused .* the quota no-fast leaves no claim for it/);
    } finally {
      await cluster.api.delete('/api/v1/namespaces/shop/resourcequotas/no-fast');
    }
  }, 90_000);

  test('the pool of a dying disk gets none', async () => {
    await ceph.setSmart(0, smart(0, false));
    await waitFor(async () => 'fast' in (await ask('1Mi')).failedPools, 90, 'the dying disk to be seen');
    expect((await ask('1Mi')).failedPools.fast).toMatch(/100 % of it lies on disks that are failing: ST4000DM000_LAB0/);
    expect((await createClaims(3)).map(classOf)).toEqual(['slow', 'slow', 'slow']);
  }, 120_000);

  test('a claim for which nothing fits keeps its class, and its Event says why', async () => {
    const claim = await createClaim({}, '100Gi');
    expect(classOf(claim)).toBe('standard');
    expect(claim.metadata.annotations[decision]).toContain('no candidate fits, class kept');
    const expected = 'NoStorageClassFits';
    const event = await waitFor(
      async () => {
        const events = await cluster.api.list('/api/v1/namespaces/shop/events');
        return events.find(({ reason, involvedObject: { uid } }) => uid === claim.metadata.uid && reason === expected);
      },
      30,
      'the Event',
    );
    expect(event.type).toBe('Warning');
    expect(event.message).toMatch(/no candidate fits: .*100 GiB are asked for/);
  }, 60_000);

  test('a claim that asks for nothing is not touched, and a dry run leaves nothing', async () => {
    const plain = await cluster.api.create(claims, claimOf('plain', {}));
    expect(plain.metadata.annotations?.[decision]).toBeUndefined();
    const before = await claimsPlaced();
    const dry = await cluster.api.create(
      `${claims}?dryRun=All`,
      claimOf('dry', { 'barograph.dev/storage-class': 'auto' }),
    );
    expect(classOf(dry)).toBe('slow');
    expect(await claimsPlaced()).toBe(before);
  });

  test('with Ceph gone, and with Barograph gone, claims go through with the class they came with', async () => {
    await ceph.killManager('x');
    await waitFor(
      async () => (await ask('1Mi')).failedPools.slow?.includes('s old') === true,
      60,
      'readings to be old',
    );
    const stale = await createClaim();
    expect(classOf(stale)).toBe('standard');
    expect(await explain(stale)).toMatch(/what is known of it is \d+ s old/);
    ceph.startManager('x');
    await waitFor(async () => classOf(await createClaim()) === 'slow', 90, 'claims to be decided again', 2000);
    await served.kill();
    const unseen = await createClaim();
    expect(classOf(unseen)).toBe('standard');
    expect(unseen.metadata.annotations[decision]).toBeUndefined();
    await served.restart();
    await waitFor(
      async () => classOf(await createClaim()) === 'slow',
      90,
      'claims to be decided after a restart',
      2000,
    );
  }, 420_000);

  function claimOf(name: string, annotations: Record<string, string>, storage = '16Mi'): object {
    return {
      metadata: { name, annotations },
      spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'standard', resources: { requests: { storage } } },
    };
  }

  function createClaim(annotations: Record<string, string> = {}, storage?: string): Promise<KubeObject> {
    named += 1;
    const asking = { 'barograph.dev/storage-class': 'auto', ...annotations };
    return cluster.api.create(claims, claimOf(`data-${named}`, asking, storage));
  }

  async function createClaims(count: number, storage?: string): Promise<KubeObject[]> {
    const created = [];
    for (let i = 0; i < count; i += 1) created.push(await createClaim({}, storage));
    return created;
  }

  function createClass(name: string, parameters: object, labels: object = { 'barograph.dev/candidate': 'true' }) {
    return cluster.api.create('/apis/storage.k8s.io/v1/storageclasses', {
      metadata: { name, labels },
      provisioner: 'rook-ceph.rbd.csi.ceph.com',
      parameters: { clusterID: 'rook-ceph', ...parameters },
    });
  }

  async function explain(claim: KubeObject): Promise<string> {
    const args = ['explain', 'claim', claim.metadata.name, '-n', 'shop', '--config', served.configFile];
    return waitFor(() => runCli(args).catch(() => undefined), 30, 'the decision to be written', 500);
  }

  async function ask(size: string, latency?: string): Promise<PoolsAnswer> {
    const authority = readFileSync(join(served.certs, 'ca.crt'), 'utf8');
    const body = { size, poolNames: pools, latency };
    return (await requestJson(`${served.url}/pools/score`, { authority, token: undefined }, body)) as PoolsAnswer;
  }

  async function isScored(better: string, worse: string, by: number): Promise<boolean> {
    const { priorities } = await ask('16Mi');
    const of = (name: string): number => priorities.find(({ pool }) => pool === name)?.score ?? Number.NaN;
    return of(better) > of(worse) + by;
  }

  async function claimsPlaced(): Promise<number> {
    const answer = (await served.get('/api/v1/decisions?limit=1000')) as { decisions: readonly unknown[] };
    return answer.decisions.length;
  }
});

function classOf(claim: KubeObject): string {
  return claim.spec.storageClassName;
}

/** What smartctl says of a disk: a recorded one, with another serial number and verdict. */
function smart(osd: number, passed: boolean): string {
  const json = JSON.parse(readFileSync(smartctl, 'utf8'));
  return JSON.stringify({ ...json, serial_number: `LAB${osd}`, smart_status: { passed } });
}
