import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from './cluster.ts';

/** Writes a kubeconfig of a service account into a folder, and says where. */
export async function kubeconfigOfAccount(
  { api, server, authority }: Cluster,
  folder: string,
  namespace: string,
  name: string,
): Promise<{ path: string; token: string }> {
  const account = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}`;
  const { status } = await api.create(`${account}/token`, { spec: {} });
  const token = String(status.token);
  const data = Buffer.from(authority).toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'account',
    contexts: [{ name: 'account', context: { cluster: 'test', user: 'account' } }],
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': data } }],
    users: [{ name: 'account', user: { token } }],
  };
  const path = join(folder, `${namespace}-${name}.kubeconfig`);
  // JSON is YAML.
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
  return { path, token };
}
