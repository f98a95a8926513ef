import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Connection, openConnection } from '../../src/cluster/connection.ts';
import { silentLogger } from '../../src/core/log.ts';
import { tokenAccess } from '../../src/server/token-access.ts';
import { clusterAvailable } from '../cluster/available.ts';
import { type Cluster, clusterStartMilliseconds, startCluster } from '../cluster/start.ts';
import { startEdge, type TestEdge } from './support/edge.ts';

const skip = clusterAvailable();

describe.skipIf(skip !== undefined)(
  `reading the API with tokens of a cluster${skip === undefined ? '' : ` (${skip})`}`,
  () => {
    let cluster: Cluster;
    let connection: Connection;
    let edge: TestEdge;
    let reader: string;
    let stranger: string;

    beforeAll(async () => {
      cluster = await startCluster();
      await cluster.api.createNamespace('people');
      reader = await tokenOf('reader');
      stranger = await tokenOf('stranger');
      await allow('reader', ['/barograph/api/v1/status', '/barograph/api/v1/decisions/*']);
      connection = openConnection({ kubeconfig: cluster.kubeconfig });
      const reviewer = { post: (path: string, body: object) => connection.send('POST', path, body) };
      edge = await startEdge({ access: tokenAccess({ reviewer, logger: silentLogger, believeSeconds: 1 }) });
    }, clusterStartMilliseconds);

    afterAll(async () => {
      await edge?.server.close(1);
      await cluster?.stop();
    });

    async function tokenOf(account: string): Promise<string> {
      const accounts = '/api/v1/namespaces/people/serviceaccounts';
      await cluster.api.create(accounts, { metadata: { name: account } });
      const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
      return (await cluster.api.create(`${accounts}/${account}/token`, request)).status.token;
    }

    async function allow(account: string, nonResourceURLs: readonly string[]): Promise<void> {
      const rbac = '/apis/rbac.authorization.k8s.io/v1';
      await cluster.api.create(`${rbac}/clusterroles`, {
        metadata: { name: 'barograph-reader' },
        rules: [{ nonResourceURLs, verbs: ['get'] }],
      });
      await cluster.api.create(`${rbac}/clusterrolebindings`, {
        metadata: { name: 'barograph-reader' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'barograph-reader' },
        subjects: [{ kind: 'ServiceAccount', name: account, namespace: 'people' }],
      });
    }

    async function statusOf(path: string, token: string | undefined): Promise<number> {
      const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
      return (await edge.call('GET', path, { headers })).status;
    }

    // Every account may get /api/* by the role system:discovery: that must not open ours.
    test('is for who may get the path under /barograph', async () => {
      expect(await statusOf('/api/v1/status', reader)).toBe(200);
      expect(await statusOf('/api/v1/decisions/d1', reader)).toBe(200);
      expect(await statusOf('/api/v1/outlook', reader)).toBe(403);
      expect(await statusOf('/api/v1/status', stranger)).toBe(403);
      expect(await statusOf('/api/v1/outlook', cluster.token)).toBe(200);
    });

    test('is not for who shows no token, a made-up one, or one that was changed', async () => {
      expect(await statusOf('/api/v1/status', undefined)).toBe(401);
      expect(await statusOf('/api/v1/status', 'made-up')).toBe(401);
      const [head, body, signature = ''] = reader.split('.');
      expect(await statusOf('/api/v1/status', `${head}.${body}.${[...signature].reverse().join('')}`)).toBe(401);
    });

    test('names the user who may not', async () => {
      const answer = await edge.call('GET', '/api/v1/outlook', { headers: { authorization: `Bearer ${reader}` } });
      expect(answer.json()).toEqual({
        code: 'ACCESS_DENIED',
        message: "user 'system:serviceaccount:people:reader' may not get the path /barograph/api/v1/outlook",
      });
    });

    test('ends some seconds after the account was deleted', async () => {
      expect(await statusOf('/api/v1/status', reader)).toBe(200);
      await cluster.api.delete('/api/v1/namespaces/people/serviceaccounts/reader');
      // The API server itself believes in a token for 10 s.
      await expect.poll(() => statusOf('/api/v1/status', reader), { timeout: 30_000, interval: 300 }).toBe(401);
    }, 60_000);

    test('is answered 503 while the API server is away, and again once it is back', async () => {
      await cluster.kill('apiserver');
      expect(await statusOf('/api/v1/decisions', cluster.token)).toBe(503);
      expect((await edge.call('GET', '/healthz')).status).toBe(200);
      await cluster.start('apiserver');
      expect(await statusOf('/api/v1/decisions', cluster.token)).toBe(200);
    }, 120_000);
  },
);
