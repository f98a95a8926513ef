import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { storageDefinitions } from '../../../src/cli/install/storage-crds.ts';
import { type Connection, openConnection } from '../../../src/cluster/connection.ts';
import { manualClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/log.ts';
import { createStorageOperator, type StorageOperator } from '../../../src/operator/storage/storage-operator.ts';
import type { NodeDisk } from '../../../src/storage/node-disks.ts';
import { osdDisksOf } from '../../../src/storage/node-disks.ts';
import type { StorageState } from '../../../src/storage/storage-state.ts';
import type { KubeObject } from '../../cluster/api.ts';
import { waitFor } from '../../cluster/api.ts';
import { applyAll } from '../../cluster/apply.ts';
import { clusterAvailable } from '../../cluster/available.ts';
import { type Cluster, clusterStartMilliseconds, startCluster } from '../../cluster/start.ts';
import { failing, likely, nodeDisk } from '../../support/node-disks.ts';
import { fsid, osdDisk, osdOutlook, poolOutlook, storageState } from '../../support/storage-state.ts';

const skip = clusterAvailable();
const day = 86_400;
const now = Math.floor(Date.now() / 1000);
const folder = '/apis/barograph.dev/v1alpha1';
const osds = [0, 1, 2].map((id) => osdOutlook(id));

describe.skipIf(skip !== undefined)(
  `storage objects in a real API server${skip === undefined ? '' : ` (${skip})`}`,
  () => {
    let cluster: Cluster;
    let connection: Connection;
    let clock: ReturnType<typeof manualClock>;
    let isLeader: boolean;
    let operator: StorageOperator;

    beforeAll(async () => {
      cluster = await startCluster({});
      connection = openConnection({ kubeconfig: cluster.kubeconfig });
      await applyAll(cluster, storageDefinitions());
      const plans = `${folder}/storageplans`;
      await waitFor(async () => (await cluster.api.list(plans)) !== undefined, 20, 'the kinds to be served');
      begin();
    }, clusterStartMilliseconds);

    afterEach(async () => {
      for (const kind of ['diskhealths', 'poolforecasts', 'storageplans']) {
        for (const { metadata } of await list(kind)) await cluster.api.delete(`${folder}/${kind}/${metadata.name}`);
      }
      begin();
    });

    afterAll(() => cluster?.stop(), 60_000);

    function begin(): void {
      clock = manualClock(now);
      isLeader = true;
      operator = createStorageOperator({
        connection,
        elector: {
          get isLeader() {
            return isLeader;
          },
        },
        clock,
        logger: silentLogger,
        planning: {
          maxAgeSeconds: 300,
          diskMaxAgeSeconds: day,
          threshold: 0.2,
          leadDays: 30,
          lastsDays: 180,
          retireBy: 'osd-out',
        },
        ceph: undefined,
        mayChange: false,
      });
    }

    function turn(state: StorageState | undefined, nodeDisks: readonly NodeDisk[] = []): Promise<void> {
      return operator.turn({
        state,
        nodeDisks,
        disks: [...(state === undefined ? [] : osdDisksOf(state)), ...nodeDisks],
      });
    }

    /** A kind that was just defined is not served for a moment. */
    function list(kind: string): Promise<KubeObject[]> {
      return waitFor(() => cluster.api.list(`${folder}/${kind}`), 20, `${kind} to be served`);
    }

    function plan(name: string): Promise<KubeObject> {
      return cluster.api.get(`${folder}/storageplans/${name}`);
    }

    async function events(name: string): Promise<string[]> {
      const { uid } = (await plan(name)).metadata;
      const query = encodeURIComponent(`involvedObject.uid=${uid}`);
      const found = await cluster.api.list(`/api/v1/namespaces/default/events?fieldSelector=${query}`);
      return found.map(({ reason, message }: KubeObject) => `${reason}: ${message}`).sort();
    }

    test('the definitions are taken to the letter, and have structural schemas', async () => {
      const applied = await applyAll(cluster, storageDefinitions());
      const again = await applyAll(cluster, storageDefinitions());
      expect(again.map(({ metadata }) => metadata.generation)).toEqual(
        applied.map(({ metadata }) => metadata.generation),
      );
      const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
      for (const { status } of (await cluster.api.list(path)).filter(({ spec }) => spec.group === 'barograph.dev')) {
        const conditions = Object.fromEntries(status.conditions.map((one: KubeObject) => [one.type, one.status]));
        expect(conditions).toMatchObject({ Established: 'True', NamesAccepted: 'True' });
        expect(conditions.NonStructuralSchema).toBeUndefined();
      }
    });

    test('say of each disk and pool what is expected, and nothing is written when nothing changes', async () => {
      const pool = poolOutlook('rbd', {
        growthBytesPerDay: 1e9,
        nearFull: { p10: now + 60 * day, p50: now + 90 * day, p90: undefined },
      });
      const replaceBy = { day: 20_500, from: 20_490, to: 20_600 };
      const state = storageState(
        { osds, pools: [pool], disks: [osdDisk(0), osdDisk(1, { ...likely, replaceBy })] },
        now,
      );
      await turn(state, [nodeDisk('node-7', { readSeconds: now, outlook: { basis: 'nothing', p14: Number.NaN } })]);
      const disks = new Map((await list('diskhealths')).map(({ status }) => [status.node, status]));
      expect(disks.get('node-0')).toMatchObject({
        verdict: 'Good',
        device: 'sdb',
        osd: 0,
        probabilityWithin14Days: 0.001,
      });
      expect(disks.get('node-1')).toMatchObject({
        verdict: 'Critical',
        cluster: fsid,
        cephDevice: 'ST4000DM000_S1',
        reasons: ['24 sectors wait for reallocation'],
        replaceBy: { date: '2026-02-16', earliest: '2026-02-06', latest: '2026-05-27' },
      });
      expect(disks.get('node-7')).toMatchObject({ verdict: 'Unknown' });
      const [forecast] = await list('poolforecasts');
      expect(forecast.metadata.name).toBe('6b1f3b2a-rbd');
      expect(forecast.status).toMatchObject({ pool: 'rbd', usedShare: 0.5, growthBytesPerDay: 1e9, refused: [] });
      expect(forecast.status.nearFull.p90).toBeUndefined();
      const versions = async () =>
        [...(await list('diskhealths')), ...(await list('poolforecasts')), ...(await list('storageplans'))].map(
          ({ metadata }) => metadata.resourceVersion,
        );
      const before = await versions();
      clock.set(now + 60);
      await turn(state, [nodeDisk('node-7', { readSeconds: now, outlook: { basis: 'nothing', p14: Number.NaN } })]);
      expect(await versions()).toEqual(before);
    });

    test('forget disks and pools only after days', async () => {
      const state = storageState({ osds, pools: [poolOutlook('rbd')], disks: [osdDisk(0)] }, now);
      await turn(state);
      await turn(undefined);
      expect([await list('diskhealths'), await list('poolforecasts')].map((found) => found.length)).toEqual([1, 1]);
      clock.set(now + 3 * day);
      await turn(undefined);
      expect([await list('diskhealths'), await list('poolforecasts')].map((found) => found.length)).toEqual([0, 0]);
    });

    test('propose a plan that nobody approved, with an Event on it', async () => {
      await turn(storageState({ osds, disks: [osdDisk(1, failing)] }, now));
      const { spec, status } = await plan('6b1f3b2a-osd-1-retire');
      expect(spec).toMatchObject({ approve: false, subject: 'osd.1', urgent: true });
      expect(spec.steps[0]).toEqual({
        action: 'osd-out',
        osd: 1,
        text: 'take osd.1 out, so that its data moves to others',
      });
      expect(status).toMatchObject({ phase: 'Proposed', needed: true });
      expect(status.steps.map(({ phase }: KubeObject) => phase)).toEqual(['Proposed', 'Advice']);
      expect(await events('6b1f3b2a-osd-1-retire')).toEqual([
        expect.stringMatching(/^PlanProposed: osd\.1: .*take osd\.1 out.*; then replace the disk sdb of node-1/),
      ]);
    });

    test('take back a plan that nobody needs any more, unless nobody can see whether it is', async () => {
      await turn(storageState({ osds, disks: [osdDisk(1, failing)] }, now));
      await turn(undefined);
      await turn(storageState({ osds }, now));
      expect(await list('storageplans')).toHaveLength(1);
      await turn(storageState({ osds, disks: [osdDisk(1)] }, now));
      expect(await list('storageplans')).toHaveLength(0);
    });

    test('carry out nothing without a ceph command, and say which command would do it', async () => {
      const state = storageState({ osds, disks: [osdDisk(1, failing)] }, now);
      await turn(state);
      await cluster.api.patch(`${folder}/storageplans/6b1f3b2a-osd-1-retire`, { spec: { approve: true } });
      await turn(state);
      const { status } = await plan('6b1f3b2a-osd-1-retire');
      expect(status.phase).toBe('Blocked');
      expect(status.steps[0]).toMatchObject({ phase: 'Blocked', reason: 'ReadOnly' });
      expect(status.steps[0].message).toContain('`ceph osd out 1`');
      const blocked = status.conditions.find(({ type }: KubeObject) => type === 'Blocked');
      expect(blocked).toMatchObject({ status: 'True', reason: 'ReadOnly' });
      expect(status.trail).toHaveLength(1);
      await turn(state);
      expect((await plan('6b1f3b2a-osd-1-retire')).status.trail).toHaveLength(1);
      expect(await events('6b1f3b2a-osd-1-retire')).toHaveLength(2);
      expect(operator.plans).toMatchObject([{ approved: true, phase: 'Blocked' }]);
    });

    test('do not change what was approved', async () => {
      const growing = (days: number) =>
        poolOutlook('rbd', {
          growthBytesPerDay: 1e10,
          nearFull: { p10: now + days * day, p50: now + 2 * days * day, p90: undefined },
        });
      const state = (days: number) => storageState({ osds, pools: [growing(days)] }, now);
      await turn(state(60));
      const name = '6b1f3b2a-pool-rbd-grow';
      const first = (await plan(name)).spec.steps;
      await turn(state(30));
      const second = (await plan(name)).spec.steps;
      expect(second).not.toEqual(first);
      await cluster.api.patch(`${folder}/storageplans/${name}`, { spec: { approve: true } });
      await turn(state(10));
      expect((await plan(name)).spec.steps).toEqual(second);
      // Nor may anybody else.
      const other = cluster.api.patch(`${folder}/storageplans/${name}`, { spec: { steps: first } });
      await expect(other).rejects.toThrow('the steps of an approved plan do not change');
      await cluster.api.patch(`${folder}/storageplans/${name}`, { spec: { approve: false } });
      await turn(state(10));
      expect((await plan(name)).spec.steps).not.toEqual(second);
    });

    test('are the leader’s alone', async () => {
      isLeader = false;
      await turn(storageState({ osds, disks: [osdDisk(1, failing)] }, now));
      expect(await list('storageplans')).toHaveLength(0);
      expect(await list('diskhealths')).toHaveLength(0);
    });

    test('leave alone what somebody else made, and what cannot be read', async () => {
      const others = { apiVersion: 'barograph.dev/v1alpha1', kind: 'StoragePlan', metadata: { name: 'mine' } };
      const steps = [{ action: 'osd-out', osd: 2 }];
      await cluster.api.create(`${folder}/storageplans`, { ...others, spec: { approve: true, steps } });
      const state = storageState({ osds, disks: [osdDisk(1, failing)] }, now);
      await turn(state);
      const name = '6b1f3b2a-osd-1-retire';
      await cluster.api.patch(`${folder}/storageplans/${name}`, { spec: { steps: [{ action: 'osd-out' }] } });
      await cluster.api.patch(`${folder}/storageplans/${name}`, { spec: { approve: true } });
      await turn(state);
      expect((await plan('mine')).status).toBeUndefined();
      expect((await plan(name)).status.phase).toBe('Proposed');
      expect((await plan(name)).spec.steps).toEqual([{ action: 'osd-out' }]);
    });

    test('refuse what the schema does not know', async () => {
      const wrong = { apiVersion: 'barograph.dev/v1alpha1', kind: 'StoragePlan', metadata: { name: 'x' } };
      const steps = [{ action: 'osd-purge', osd: 1 }];
      await expect(cluster.api.create(`${folder}/storageplans`, { ...wrong, spec: { steps } })).rejects.toThrow(
        'Unsupported value',
      );
    });
  },
);
