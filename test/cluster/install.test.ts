import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { createAuthority } from '../../certs/authority.ts';
import { manifests } from '../../src/cli/install/manifests.ts';
import type { InstallOptions } from '../../src/cli/install/options.ts';
import { schedulerStanza } from '../../src/cli/install/scheduler.ts';
import { connectCluster } from '../../src/cluster/cluster-state.ts';
import { openConnection } from '../../src/cluster/connection.ts';
import { systemClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/log.ts';
import { createLeaseWatch } from '../../src/operator/lease-watch.ts';
import { chartFolder, ensureHelm, helm, helmBuildMilliseconds, helmUnavailable } from '../deploy/helm.ts';
import { installOptions } from '../deploy/install-options.ts';
import { kubeconfigOfAccount } from './account.ts';
import { Api, type KubeObject, waitFor } from './api.ts';
import { applyAll } from './apply.ts';
import { clusterAvailable } from './available.ts';
import { type Cluster, clusterStartMilliseconds, startCluster } from './start.ts';

const skip = clusterAvailable();
const noHelm = helmUnavailable();

describe.skipIf(skip !== undefined)(`an installation${skip === undefined ? '' : ` (${skip})`}`, () => {
  let cluster: Cluster;
  let authority: string;

  beforeAll(async () => {
    cluster = await startCluster({ nodes: 1 });
    authority = (await createAuthority(Date.now() / 1000)).certificate;
  }, clusterStartMilliseconds);

  afterAll(() => cluster?.stop());

  /** Applies what is printed, as `kubectl apply --server-side` does; kinds of cert-manager are not served here. */
  async function install(changes: Partial<InstallOptions>): Promise<KubeObject[]> {
    const certificates = { kind: 'own', authority, authorityKey: 'KEY' } as const;
    return applyAll(cluster, manifests(installOptions({ certificates, ...changes })));
  }

  /** A registration without a server behind it costs every pod some seconds. */
  async function removeWebhooks(): Promise<void> {
    for (const kind of ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations']) {
      const path = `/apis/admissionregistration.k8s.io/v1/${kind}`;
      for (const { metadata } of await cluster.api.list(path)) await cluster.api.delete(`${path}/${metadata.name}`);
    }
  }

  test.each<[string, Partial<InstallOptions>]>([
    ['with every default', {}],
    ['in another namespace, refusing what cannot be read', { namespace: 'sizing', refuseInvalid: true }],
    ['without a volume', { namespace: 'forgetful', storage: { kind: 'ephemeral' } }],
    ['with cert-manager', { namespace: 'managed', certificates: { kind: 'cert-manager' } }],
    [
      'with two replicas, certificates of their own, a second scheduler and alerts',
      {
        namespace: 'whole',
        replicas: 2,
        certificates: { kind: 'managed' },
        secondScheduler: { image: 'example.com/kube-scheduler:1', filter: true, weight: 5 },
        monitoring: true,
        refuseInvalid: true,
      },
    ],
    ['with storage', { namespace: 'stored', configuration: { source: { kind: 'metrics-api' }, storage: {} } }],
    ['of a server outside the cluster', { namespace: 'outside', url: 'https://10.0.0.5:8443', refuseInvalid: true }],
  ])('is taken by the API server to the letter %s, and applying it again changes nothing', async (_, changes) => {
    const versions = (objects: readonly KubeObject[]): string[] =>
      // Controllers write into the status of the others meanwhile.
      objects.map(
        ({ kind, metadata }) => `${kind} ${metadata.name} ${metadata.generation ?? metadata.resourceVersion}`,
      );
    const steady = (objects: readonly KubeObject[]): KubeObject[] =>
      objects.filter(({ kind }) => !['Namespace', 'PersistentVolumeClaim', 'PodDisruptionBudget'].includes(kind));
    const first = await install(changes);
    const second = await install(changes);
    expect(versions(steady(second))).toEqual(versions(steady(first)));
    await removeWebhooks();
  });

  test('has pods that a namespace of the restricted level lets in', async () => {
    const namespace = 'restricted';
    await install({ namespace, storage: { kind: 'ephemeral' } });
    const pod = await waitFor(
      async () => (await cluster.api.list(`/api/v1/namespaces/${namespace}/pods`))[0],
      20,
      'the pod of the Deployment',
    );
    expect(pod.metadata.annotations['checksum/configuration']).toMatch(/^[0-9a-f]{16}$/);
    await removeWebhooks();
  });

  test('never keeps a pod from being created while Barograph is away', async () => {
    await install({ namespace: 'away' });
    await cluster.api.createNamespace('shop', { labels: { 'barograph.dev/enabled': 'true' } });
    for (const [namespace, annotations] of [
      ['shop', {}],
      ['default', { 'slo.barograph.dev/cpu-exceeded': '1%' }],
      ['default', undefined],
    ] as const) {
      const containers = [{ name: 'app', image: 'example.com/app:1', resources: { requests: { cpu: '100m' } } }];
      const pod = await cluster.api.create(`/api/v1/namespaces/${namespace}/pods`, {
        metadata: { generateName: 'app-', ...(annotations === undefined ? {} : { annotations }) },
        spec: { containers },
      });
      expect(pod.spec.containers[0].resources).toEqual({ requests: { cpu: '100m' } });
    }
    await removeWebhooks();
  }, 60_000);

  test('gives its account the rights that the server needs, and no others', async () => {
    await install({});
    await removeWebhooks();
    const folder = mkdtempSync(join(tmpdir(), 'barograph-account-'));
    const { path: kubeconfig, token } = await kubeconfigOfAccount(cluster, folder, 'barograph', 'barograph');
    const state = await connectCluster({ kubeconfig, logger: silentLogger, clock: systemClock });
    const api = new Api(cluster.server, cluster.authority, token);
    try {
      state.start();
      await state.whenSynced(AbortSignal.timeout(20_000));
      expect(Object.values(state.counts).reduce((sum, { errors }) => sum + errors, 0)).toBe(0);
      const review = { spec: { token } };
      const { status: asked } = await api.create('/apis/authentication.k8s.io/v1/tokenreviews', review);
      expect(asked).toMatchObject({ authenticated: true });
      const question = { spec: { user: 'someone', nonResourceAttributes: { path: '/api/v1/status', verb: 'get' } } };
      const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
      expect((await api.create(path, question)).status.allowed).toBe(false);
      const events = '/api/v1/namespaces/default/events';
      const involvedObject = { kind: 'Deployment', namespace: 'default', name: 'web' };
      await api.create(events, { metadata: { name: 'web.1' }, involvedObject, message: 'once', type: 'Warning' });
      expect((await api.patch(`${events}/web.1`, { count: 2 })).count).toBe(2);
      await expect(api.list('/api/v1/secrets')).rejects.toMatchObject({ status: 403 });
      await expect(api.delete('/api/v1/namespaces/shop')).rejects.toMatchObject({ status: 403 });
    } finally {
      api.close();
      await state.close();
      rmSync(folder, { recursive: true });
    }
  }, 60_000);

  test('runs a second scheduler by the rights it gets, under a Lease of its own', async () => {
    const secondScheduler = { image: 'example.com/kube-scheduler:1', filter: false, weight: 5 };
    await install({ secondScheduler });
    await removeWebhooks();
    const folder = mkdtempSync(join(tmpdir(), 'barograph-scheduler-'));
    try {
      writeFileSync(join(folder, 'ca.crt'), authority);
      const { path: kubeconfig } = await kubeconfigOfAccount(cluster, folder, 'barograph', 'barograph-scheduler');
      const { data } = await cluster.api.get('/api/v1/namespaces/barograph/configmaps/barograph-scheduler');
      // No kubelet mounts the authority here, and no proxy leads to the Service: the extender is away, and ignorable.
      const text = data['scheduler.yaml'].replace('/etc/barograph/authority', folder);
      await cluster.restartScheduler(stringify({ ...parse(text), clientConnection: { kubeconfig } }));
      const pods = '/api/v1/namespaces/default/pods';
      const containers = [{ name: 'app', image: 'example.com/app:1' }];
      const spec = { schedulerName: 'barograph-scheduler', containers };
      await cluster.api.create(pods, { metadata: { name: 'second' }, spec });
      await waitFor(async () => (await cluster.api.get(`${pods}/second`)).spec.nodeName, 30, 'a node for the pod');
      const lease = '/apis/coordination.k8s.io/v1/namespaces/barograph/leases/barograph-scheduler';
      expect((await cluster.api.get(lease)).spec.holderIdentity).toMatch(/\S/);
      const watch = createLeaseWatch({
        connection: openConnection({ kubeconfig: cluster.kubeconfig }),
        lease: { namespace: 'barograph', name: 'barograph-scheduler' },
        logger: silentLogger,
      });
      await watch.look();
      await waitFor(() => watch.look().then(() => watch.isFresh), 15, 'the Lease to be renewed', 500);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 90_000);

  test.skipIf(noHelm !== undefined)(
    `is installed, changed and taken away by Helm${noHelm === undefined ? '' : ` (${noHelm})`}`,
    async () => {
      await ensureHelm();
      const helmOf = (...args: string[]): Promise<string> =>
        helm([...args, '--namespace', 'by-helm'], { KUBECONFIG: cluster.kubeconfig });
      await helmOf('install', 'barograph', chartFolder, '--create-namespace');
      const path = '/apis/apps/v1/namespaces/by-helm/statefulsets/barograph';
      expect((await cluster.api.get(path)).spec.replicas).toBe(2);
      await cluster.api.patch('/api/v1/namespaces/by-helm/secrets/barograph-tls', { data: { 'ca.crt': 'eA==' } });
      await helmOf('upgrade', 'barograph', chartFolder, '--set', 'replicas=3');
      expect((await cluster.api.get(path)).spec.replicas).toBe(3);
      // What the replicas put in stays.
      const { data } = await cluster.api.get('/api/v1/namespaces/by-helm/secrets/barograph-tls');
      expect(data).toEqual({ 'ca.crt': 'eA==' });
      await helmOf('uninstall', 'barograph', '--wait=legacy');
      const left = await cluster.api.list('/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations');
      expect(left).toEqual([]);
    },
    helmBuildMilliseconds,
  );

  test('gives kube-scheduler a stanza that it takes, and without which it schedules too', async () => {
    const url = 'https://127.0.0.1:1';
    const stanza = schedulerStanza({ namespace: 'barograph', authority, url, filter: true, weight: 5 });
    const own = { leaderElection: { leaderElect: false }, clientConnection: { kubeconfig: '@KUBECONFIG@' } };
    await cluster.restartScheduler(stringify({ ...stanza, ...own }));
    const pods = '/api/v1/namespaces/default/pods';
    await cluster.api.create(pods, {
      metadata: { name: 'alone' },
      spec: { containers: [{ name: 'app', image: 'example.com/app:1' }] },
    });
    const node = await waitFor(
      async () => (await cluster.api.get(`${pods}/alone`)).spec.nodeName,
      30,
      'a node for the pod',
    );
    expect(node).toBe('node-0');
  }, 60_000);
});
