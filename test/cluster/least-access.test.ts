import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { manifests } from '../../src/cli/install/manifests.ts';
import type { KubernetesObject } from '../../src/cli/install/options.ts';
import { requestJson } from '../../src/cli/request-json.ts';
import { type Service, startService } from '../../src/cli/service.ts';
import { openConnection } from '../../src/cluster/connection.ts';
import { systemClock } from '../../src/core/clock.ts';
import { configSchema } from '../../src/core/config.ts';
import { validateConfig } from '../../src/core/config-file.ts';
import { silentLogger } from '../../src/core/log.ts';
import { createEvents } from '../../src/webhook/events.ts';
import { installOptions } from '../deploy/install-options.ts';
import { kubeconfigOfAccount } from './account.ts';
import { applyAll } from './apply.ts';
import { clusterAvailable } from './available.ts';
import { type Cluster, clusterStartMilliseconds, startCluster } from './start.ts';
import { waitFor } from './wait-for.ts';

const skip = clusterAvailable();
const account = 'system:serviceaccount:barograph:barograph';

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

describe.skipIf(skip !== undefined)(`the rights of an installation${skip === undefined ? '' : ` (${skip})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'barograph-audit-'));
  const log = join(folder, 'audit.log');
  let cluster: Cluster;
  let service: Service | undefined;

  beforeAll(async () => {
    const policy = join(folder, 'policy.json');
    const rules = [{ level: 'Metadata', users: [account] }, { level: 'None' }];
    writeFileSync(policy, JSON.stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules }));
    const apiserver = [`--audit-policy-file=${policy}`, `--audit-log-path=${log}`, '--audit-log-mode=blocking'];
    cluster = await startCluster({ flags: { apiserver } });
  }, clusterStartMilliseconds);

  afterAll(async () => {
    await service?.close(1);
    await cluster?.stop();
    rmSync(folder, { recursive: true });
  });

  test('are all used by a server that does everything, and it asks for no others', async () => {
    const objects = manifests(
      installOptions({
        replicas: 2,
        certificates: { kind: 'managed' },
        refuseInvalid: true,
        secondScheduler: { image: 'example.com/kube-scheduler:1', filter: false, weight: 5 },
      }),
    );
    await cluster.api.apply(
      `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${autoscalers.metadata.name}`,
      autoscalers,
    );
    await applyAll(cluster, objects);
    const { path: kubeconfig, token } = await kubeconfigOfAccount(cluster, folder, 'barograph', 'barograph');
    service = await startService(configurationOf(objects, folder, kubeconfig), {
      logger: silentLogger,
      startedMilliseconds: performance.timeOrigin,
    });
    await waitFor(() => service?.view.synced, 20, 'the cluster to be read');
    await askOf(service, token);
    await writeEvents(kubeconfig);
    const granted = rightsIn(objects);
    const missing = (): string[] => granted.filter((right) => !usedIn(log).has(right));
    await waitFor(() => missing().length === 0, 30, 'every right to be used', 500).catch(() => undefined);
    expect(missing()).toEqual([]);
    expect([...usedIn(log)].filter((right) => !granted.includes(right))).toEqual([]);
    expect(refusedIn(log)).toEqual([]);
  }, 120_000);

  async function askOf({ server, authority }: Service, token: string): Promise<void> {
    const status = await requestJson(`${server.url}/api/v1/status`, { authority, token });
    expect(status).toMatchObject({ ready: true });
  }

  async function writeEvents(kubeconfig: string): Promise<void> {
    const connection = openConnection({ kubeconfig });
    const events = createEvents({ connection, clock: systemClock, logger: silentLogger, quietSeconds: 0.2 });
    const workload = { namespace: 'default', kind: 'Deployment', name: 'web' };
    for (let count = 0; count < 4; count += 1) {
      events.emit({ workload, owner: undefined, reason: 'Tried', message: 'for the audit' });
      await new Promise((resolve) => setTimeout(resolve, 1200));
    }
    await events.close();
    expect(events.dropped).toBe(0);
  }
});

/** The configuration that is installed, but for folders and the address. */
function configurationOf(objects: readonly KubernetesObject[], folder: string, kubeconfig: string) {
  const map = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'barograph');
  const text = (map?.data as Record<string, string> | undefined)?.['barograph.yaml'] ?? '';
  const installed = parse(text);
  const traces = join(folder, 'traces');
  mkdirSync(traces, { recursive: true });
  return validateConfig(
    configSchema,
    {
      ...installed,
      source: { kind: 'trace', path: traces },
      server: { ...installed.server, address: '127.0.0.1:0', peers: undefined },
      knowledge: { kind: 'sqlite', path: join(folder, 'data') },
      kubernetes: { kubeconfig },
      training: { enabled: false },
    },
    'the ConfigMap',
  );
}

/** Each right that is granted, as `verb group/resource name`; those to paths of HTTP are Barograph's own. */
function rightsIn(objects: readonly KubernetesObject[]): string[] {
  const roles = objects.filter(({ kind, metadata }) => /Role$/.test(kind) && metadata.name === 'barograph');
  return roles.flatMap(({ rules }) =>
    (rules as readonly Rule[]).flatMap(({ apiGroups = [], resources = [], resourceNames = [''], verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) =>
          resourceNames.flatMap((name) => verbs.map((verb) => `${verb} ${group}/${resource} ${name}`.trim())),
        ),
      ),
    ),
  );
}

interface Audited {
  readonly verb: string;
  readonly objectRef?: { readonly apiGroup?: string; readonly resource?: string; readonly name?: string };
  readonly responseStatus?: { readonly code?: number };
  readonly requestURI: string;
}

function audited(log: string): Audited[] {
  const lines = readFileSync(log, 'utf8').split('\n');
  // The last line may be half written.
  return lines.flatMap((line) => (line.endsWith('}') ? [JSON.parse(line) as Audited] : []));
}

const named = ['secrets', 'leases', 'mutatingwebhookconfigurations', 'validatingwebhookconfigurations'];

function usedIn(log: string): Set<string> {
  const uses = audited(log).map(({ verb, objectRef = {} }) => {
    const { apiGroup = '', resource = '', name = '' } = objectRef;
    return `${verb} ${apiGroup}/${resource} ${named.includes(resource) ? name : ''}`.trim();
  });
  return new Set(uses);
}

function refusedIn(log: string): string[] {
  const refused = audited(log).filter(({ responseStatus }) => [401, 403].includes(responseStatus?.code ?? 0));
  return refused.map(({ verb, requestURI }) => `${verb} ${requestURI}`);
}

/** As much of the VerticalPodAutoscaler's definition as makes the API server serve the kind. */
const autoscalers = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: {
    name: 'verticalpodautoscalers.autoscaling.k8s.io',
    annotations: { 'api-approved.kubernetes.io': 'unapproved, of a test' },
  },
  spec: {
    group: 'autoscaling.k8s.io',
    scope: 'Namespaced',
    names: { kind: 'VerticalPodAutoscaler', plural: 'verticalpodautoscalers' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};
