import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storageDefinitions } from '../../../src/cli/install/storage-crds.ts';
import { openConnection } from '../../../src/cluster/connection.ts';
import { type CephSource, openCephSource } from '../../../src/collect/ceph/ceph-source.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/log.ts';
import { createCephCommand } from '../../../src/operator/storage/ceph-command.ts';
import { readLiveCluster } from '../../../src/operator/storage/live-cluster.ts';
import { createStorageOperator } from '../../../src/operator/storage/storage-operator.ts';
import { readDiskModel } from '../../../src/storage/disk-model-file.ts';
import { osdDisksOf } from '../../../src/storage/node-disks.ts';
import { StorageModels } from '../../../src/storage/storage-models.ts';
import type { StorageReport } from '../../../src/storage/storage-report.ts';
import type { StorageState } from '../../../src/storage/storage-state.ts';
import { cephMissing, loopDevicesMissing } from '../../ceph/available.ts';
import type { Ceph } from '../../ceph/ceph.ts';
import { cephStartMilliseconds, startCeph } from '../../ceph/start.ts';
import type { KubeObject } from '../../cluster/api.ts';
import { waitFor } from '../../cluster/api.ts';
import { applyAll } from '../../cluster/apply.ts';
import { clusterAvailable } from '../../cluster/available.ts';
import { type Cluster, clusterStartMilliseconds, startCluster } from '../../cluster/start.ts';
import { runCli } from '../../journey/support/run-cli.ts';
import { cephConfig } from '../../support/ceph-config.ts';

const skip = clusterAvailable() ?? cephMissing() ?? loopDevicesMissing();
const why = skip === undefined ? '' : ` (${skip})`;
const folder = '/apis/barograph.dev/v1alpha1/storageplans';
const day = 86_400;
const well = readFileSync(new URL('../../collect/smart/fixtures/ata-hgst.json', import.meta.url), 'utf8');

/** What docs/storage-plans.md says that the user needs, and no more. */
const commands = ['osd out', 'osd reweight', 'osd crush reweight'].map((command) => `allow command "${command}"`);
const rights = ['mon', ['allow r', ...commands].join(', '), 'mgr', 'allow r'];

/** The same disk, and it says that it fails. */
function dying(): string {
  const reading = JSON.parse(well) as { smart_status: { passed: boolean } };
  return JSON.stringify({ ...reading, smart_status: { ...reading.smart_status, passed: false } });
}

describe.skipIf(skip !== undefined)(`approved steps on a real Ceph${why}`, () => {
  let ceph: Ceph;
  let cluster: Cluster;
  let source: CephSource;
  let models: StorageModels;
  let fsid: string;

  beforeAll(async () => {
    const hosts = ['node-0', 'node-1', 'node-2', 'node-3'];
    [ceph, cluster] = await Promise.all([
      startCeph({
        osds: hosts.map((host) => ({ deviceClass: 'hdd', host })),
        pools: [{ name: 'rbd', size: 2, minSize: 1, failureDomain: 'host', placementGroups: 16 }],
      }),
      startCluster({}),
    ]);
    await applyAll(cluster, storageDefinitions());
    for (const kind of ['storageplans', 'diskhealths', 'poolforecasts']) {
      await waitFor(() => cluster.api.list(`/apis/barograph.dev/v1alpha1/${kind}`), 60, `${kind} to be served`);
    }
    await ceph.load('rbd', { seconds: 30, objectBytes: 2 ** 20, mostObjects: 60, isKept: true }).ended;
    for (const osd of ceph.plan.osds.keys()) await ceph.setSmart(osd, osd === 1 ? dying() : well);
    const config = cephConfig(ceph);
    source = openCephSource({ config, clock: systemClock, logger: silentLogger });
    models = new StorageModels({
      diskModel: readDiskModel(undefined),
      failureRisk: 0.2,
      replacementRisk: 0.05,
      diskMaxAgeSeconds: day,
      horizonSeconds: 3600,
      stepSeconds: 1800,
    });
    fsid = (await ceph.ask(['fsid'])).trim();
    await ceph.ask(['auth', 'get-or-create', 'client.plans', ...rights, '-o', keyring()]);
  }, clusterStartMilliseconds + cephStartMilliseconds);

  afterAll(async () => {
    await source?.close();
    await Promise.all([ceph?.stop(), cluster?.stop()]);
  }, 120_000);

  function keyring(): string {
    return join(ceph.folder, 'plans.keyring');
  }

  async function read(): Promise<StorageState> {
    models.take('ceph', await source.read());
    return models.state(systemClock.nowSeconds());
  }

  /** As it was read last: what approved steps go by is asked of the cluster itself. */
  function known(): StorageState {
    return models.state(systemClock.nowSeconds());
  }

  /** One turn of an operator that has just started: nothing is remembered but what is in the API server. */
  async function turn(state: StorageState, mayChange = true): Promise<void> {
    const operator = createStorageOperator({
      connection: openConnection({ kubeconfig: cluster.kubeconfig }),
      elector: { isLeader: true },
      clock: systemClock,
      logger: silentLogger,
      planning: {
        maxAgeSeconds: 300,
        diskMaxAgeSeconds: day,
        threshold: 0.2,
        leadDays: 30,
        lastsDays: 180,
        retireBy: 'osd-out',
      },
      ceph: createCephCommand({
        command: [...ceph.adminCommand, '--id', 'plans', '--keyring', keyring()],
        timeoutSeconds: 30,
      }),
      mayChange,
    });
    await operator.turn({ state, nodeDisks: [], disks: osdDisksOf(state) });
  }

  function planName(osd: number): string {
    return `${fsid.slice(0, 8)}-osd-${osd}-retire`;
  }

  async function step(osd: number): Promise<{ phase: string; reason: string; message: string }> {
    return (await cluster.api.get(`${folder}/${planName(osd)}`)).status.steps[0];
  }

  async function approve(osd: number, approved = true): Promise<void> {
    await cluster.api.patch(`${folder}/${planName(osd)}`, { spec: { approve: approved } });
  }

  async function live() {
    return readLiveCluster(createCephCommand({ command: ceph.readOnlyCommand, timeoutSeconds: 30 }));
  }

  async function isIn(osd: number): Promise<boolean | undefined> {
    return (await live()).osds.find(({ id }) => id === osd)?.in;
  }

  async function events(osd: number): Promise<string[]> {
    const { uid } = (await cluster.api.get(`${folder}/${planName(osd)}`)).metadata;
    const query = encodeURIComponent(`involvedObject.uid=${uid}`);
    const found = await cluster.api.list(`/api/v1/namespaces/default/events?fieldSelector=${query}`);
    return found.map(({ reason }: KubeObject) => reason).sort();
  }

  test('what it says is read with a user who may only read: its map, its rules, its placement groups', async () => {
    const { osds, pools, placementGroups, ...rest } = await live();
    expect(rest.fsid).toBe(fsid);
    expect(rest.nearFullRatio).toBeCloseTo(0.85, 6);
    expect(osds.map(({ id, above, deviceClass }) => [id, above.host, deviceClass])).toEqual(
      [0, 1, 2, 3].map((id) => [id, `node-${id}`, 'hdd']),
    );
    const rbd = pools.find(({ name }) => name === 'rbd');
    expect(rbd).toMatchObject({ size: 2, minSize: 1, rule: { failureDomain: 'host' } });
    expect(placementGroups.clean).toBe(placementGroups.total);
  });

  test('the rights that the documents name are those of the user that carries out steps', () => {
    const document = readFileSync(new URL('../../../docs/storage-plans.md', import.meta.url), 'utf8');
    expect(document.replaceAll(/\s+/g, ' ')).toContain(`\`mon '${rights[1]}' mgr '${rights[3]}'\``);
  });

  test('a disk that says that it fails gives a plan that waits for approval, and nothing is done', async () => {
    const state = await read();
    expect(state.clusters[0]?.cluster).toBe(fsid);
    await turn(state);
    await turn(state);
    expect(await step(1)).toMatchObject({ phase: 'Proposed' });
    const plans = await cluster.api.list(folder);
    expect(plans.map(({ metadata }) => metadata.name)).toEqual([planName(1)]);
    expect(await isIn(1)).toBe(true);
  }, 90_000);

  test('the command line reads the same without a server', async () => {
    const command = ['--ceph', ...ceph.metricsUrls, '--ceph-command', ceph.readOnlyCommand.join(' ')];
    const report = JSON.parse(await runCli(['storage', ...command, '--output', 'json'])) as StorageReport;
    expect(report.clusters).toMatchObject([{ cluster: fsid, fresh: true }]);
    expect(report.clusters[0]?.pools.map(({ pool }) => pool)).toContain('rbd');
    const verdicts = report.disks.map(({ node, osd, verdict }) => [node, osd, verdict]).sort();
    expect(verdicts).toEqual([
      ['node-0', 0, 'Good'],
      ['node-1', 1, 'Failing'],
      ['node-2', 2, 'Good'],
      ['node-3', 3, 'Good'],
    ]);
    expect(report.plans.map(({ id }) => id)).toEqual([planName(1)]);
  }, 120_000);

  test('without leave to change anything an approved step is only shown', async () => {
    await approve(1);
    await turn(known(), false);
    expect(await step(1)).toMatchObject({ phase: 'Blocked', reason: 'ReadOnly' });
    expect((await step(1)).message).toContain('`ceph osd out 1`');
    expect(await isIn(1)).toBe(true);
  }, 60_000);

  test('approved, the OSD is taken out, its data moves, and the step is done when everything is clean', async () => {
    const before = (await live()).osds.find(({ id }) => id === 1)?.placementGroups ?? 0;
    expect(before).toBeGreaterThan(0);
    await turn(known());
    expect(await isIn(1)).toBe(false);
    expect((await step(1)).phase).toBe('Running');
    await waitFor(
      async () => {
        await turn(known());
        return (await step(1)).phase === 'Done';
      },
      120,
      'the data to be moved',
      500,
    );
    const after = await live();
    expect(after.placementGroups.clean).toBe(after.placementGroups.total);
    expect(after.osds.find(({ id }) => id === 1)?.placementGroups).toBe(0);
    const { status } = await cluster.api.get(`${folder}/${planName(1)}`);
    expect(status.phase).toBe('Done');
    expect(status.conditions.find(({ type }: KubeObject) => type === 'Complete').status).toBe('True');
    const phases = status.trail.map(({ phase }: KubeObject) => phase);
    expect(phases.slice(0, 3)).toEqual(['Blocked', 'Starting', 'Running']);
    expect(phases.at(-1)).toBe('Done');
    expect(await events(1)).toEqual(expect.arrayContaining(['PlanProposed', 'StepRunning', 'StepDone']));
  }, 180_000);

  test('a second failure domain is not begun while the first is out', async () => {
    await ceph.setSmart(2, dying());
    await waitFor(
      async () => {
        await turn(await read());
        return cluster.api.get(`${folder}/${planName(2)}`);
      },
      90,
      'a plan for the second disk',
      500,
    );
    await approve(2);
    await turn(known());
    expect(await step(2)).toMatchObject({ phase: 'Blocked', reason: 'AnotherDomain' });
    expect((await step(2)).message).toMatch(/osd\.1, of another (?:host|osd), is out of service/);
    expect(await isIn(2)).toBe(true);
  }, 180_000);

  test('what was done is not done again when somebody takes the OSD back', async () => {
    await ceph.ask(['osd', 'in', '1']);
    await ceph.waitClean(120);
    await approve(2, false);
    await turn(known());
    expect((await step(1)).phase).toBe('Done');
    expect(await isIn(1)).toBe(true);
  }, 180_000);

  test('no OSD is taken out where a pool would go under its min_size', async () => {
    await ceph.ask(['osd', 'pool', 'set', 'rbd', 'size', '4']);
    await ceph.ask(['osd', 'pool', 'set', 'rbd', 'min_size', '4']);
    await approve(2);
    const refused = async () => {
      await turn(known());
      return (await step(2)).reason === 'UnderMinSize';
    };
    await waitFor(refused, 120, 'a refusal for the min_size', 500);
    expect((await step(2)).phase).toBe('Blocked');
    expect(await isIn(2)).toBe(true);
  }, 180_000);

  test('nothing is begun while placement groups are not clean', async () => {
    await ceph.ask(['osd', 'pool', 'set', 'rbd', 'min_size', '1']);
    await ceph.kill(3);
    await waitFor(async () => (await live()).placementGroups.clean < 16, 60, 'placement groups that lack a replica');
    await turn(known());
    expect(await step(2)).toMatchObject({ phase: 'Blocked', reason: 'NotClean' });
    expect(await isIn(2)).toBe(true);
  }, 180_000);
});
