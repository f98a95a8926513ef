import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { createAuthority } from '../../certs/authority.ts';
import { manifests } from '../../src/cli/install/manifests.ts';
import type { InstallOptions, KubernetesObject } from '../../src/cli/install/options.ts';
import { schedulerStanza } from '../../src/cli/install/scheduler.ts';
import { connectCluster } from '../../src/cluster/cluster-state.ts';
import { systemClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/log.ts';
import { installOptions } from '../deploy/install-options.ts';
import { Api, type KubeObject, waitFor } from './api.ts';
import { clusterAvailable } from './available.ts';
import { type Cluster, clusterStartMilliseconds, startCluster } from './start.ts';

const skip = clusterAvailable();

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
    const objects = manifests(installOptions({ certificates, ...changes }));
    const applied: KubeObject[] = [];
    for (const object of objects.filter(({ apiVersion }) => !apiVersion.startsWith('cert-manager.io/'))) {
      applied.push(await cluster.api.apply(pathOf(object), object));
    }
    return applied;
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
    ['of a server outside the cluster', { namespace: 'outside', url: 'https://10.0.0.5:8443', refuseInvalid: true }],
  ])('is taken by the API server to the letter %s, and applying it again changes nothing', async (_, changes) => {
    const versions = (objects: readonly KubeObject[]): string[] =>
      // Controllers write into the status of the others meanwhile.
      objects.map(
        ({ kind, metadata }) => `${kind} ${metadata.name} ${metadata.generation ?? metadata.resourceVersion}`,
      );
    const steady = (objects: readonly KubeObject[]): KubeObject[] =>
      objects.filter(({ kind }) => !['Namespace', 'PersistentVolumeClaim'].includes(kind));
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
    const account = '/api/v1/namespaces/barograph/serviceaccounts/barograph';
    const { status } = await cluster.api.create(`${account}/token`, { spec: {} });
    const kubeconfig = join(folder, 'kubeconfig');
    writeFileSync(kubeconfig, kubeconfigOf(cluster, status.token));
    const state = await connectCluster({ kubeconfig, logger: silentLogger, clock: systemClock });
    const api = new Api(cluster.server, cluster.authority, status.token);
    try {
      state.start();
      await state.whenSynced(AbortSignal.timeout(20_000));
      expect(Object.values(state.counts).reduce((sum, { errors }) => sum + errors, 0)).toBe(0);
      const review = { spec: { token: status.token } };
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

function pathOf({ apiVersion, kind, metadata }: KubernetesObject): string {
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const within = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  const plural = `${kind.toLowerCase()}s`.replace(/ys$/, 'ies');
  return `${group}${within}/${plural}/${metadata.name}`;
}

function kubeconfigOf({ server, authority }: Cluster, token: string): string {
  const data = Buffer.from(authority).toString('base64');
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'account',
    contexts: [{ name: 'account', context: { cluster: 'test', user: 'account' } }],
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': data } }],
    users: [{ name: 'account', user: { token } }],
  });
}
