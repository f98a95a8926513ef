import { parse, stringify } from 'yaml';
import type { Cluster } from '../../cluster/start.ts';
import { runCli } from './run-cli.ts';
import type { Served } from './served.ts';

const collections: Readonly<Record<string, string>> = {
  MutatingWebhookConfiguration: '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations',
  ValidatingWebhookConfiguration: '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations',
};

/** Registers a server with the API server by what `barograph install --print` prints for one outside the cluster. */
export async function registerWebhooks(cluster: Cluster, served: Served): Promise<void> {
  const args = ['--certs', served.certs, '--config', served.configFile, '--url', served.url, '--output', 'json'];
  const list = JSON.parse(await runCli(['install', '--print', ...args])) as {
    items: { kind: string; metadata: { name: string } }[];
  };
  for (const object of list.items) {
    const collection = collections[object.kind];
    if (collection !== undefined) await cluster.api.apply(`${collection}/${object.metadata.name}`, object);
  }
}

/** The scheduler of the cluster asks a server from now on, by what `barograph install --print-scheduler` prints. */
export async function useExtender(cluster: Cluster, served: Served, more: readonly string[] = []): Promise<void> {
  const args = ['--certs', served.certs, '--url', served.url, ...more];
  const stanza = parse(await runCli(['install', '--print-scheduler', ...args])) as object;
  const configuration = {
    ...stanza,
    leaderElection: { leaderElect: false },
    clientConnection: { kubeconfig: '@KUBECONFIG@', qps: 5000, burst: 5000 },
  };
  await cluster.restartScheduler(stringify(configuration));
}
