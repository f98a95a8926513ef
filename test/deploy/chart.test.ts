import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { alerts } from '../../src/cli/install/alerts.ts';
import { manifests } from '../../src/cli/install/manifests.ts';
import type { InstallOptions, KubernetesObject } from '../../src/cli/install/options.ts';
import { storageDefinitions } from '../../src/cli/install/storage-crds.ts';
import { packageVersion } from '../../src/cli/package-version.ts';
import { chartFolder, ensureHelm, helm, helmBuildMilliseconds, helmUnavailable } from './helm.ts';
import { installOptions } from './install-options.ts';

const skip = helmUnavailable();
const folder = mkdtempSync(join(tmpdir(), 'barograph-chart-'));
const image = 'registry.example/barograph:1';
const awkward = {
  source: { kind: 'prometheus', url: 'http://p:9090', selector: 'cluster=~"<east>&west"' },
  server: { address: '0.0.0.0:9443', hosts: ['barograph.example', 'localhost'] },
  knowledge: { kind: 'sqlite', path: '/elsewhere' },
  kubernetes: { kubeconfig: '/home/me/.kube/config' },
  clock: { start: '2026-01-08T00:00:00Z', rate: 1.5 },
  cache: { maxBytes: '128Mi' },
};
const pem = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';

/** The same in the options of `barograph install` and in the chart's values. */
const withStorage = { source: { kind: 'metrics-api' }, storage: {} };
const withDisks = { nodeDisks: { kind: 'folder', path: '/smart' } };

const variants: readonly [string, Partial<InstallOptions>, object][] = [
  ['every default', { certificates: { kind: 'managed' }, replicas: 2 }, {}],
  [
    'one replica with what somebody else certifies',
    { replicas: 1, certificates: { kind: 'given', authority: pem } },
    { replicas: 1, certificates: { kind: 'given', authority: pem } },
  ],
  [
    'an authority of its own, in another namespace',
    {
      namespace: 'sizing',
      replicas: 3,
      refuseInvalid: true,
      certificates: { kind: 'own', authority: pem, authorityKey: 'KEY\n' },
    },
    { replicas: 3, refuseInvalid: true, certificates: { kind: 'own', authority: pem, authorityKey: 'KEY\n' } },
  ],
  [
    'cert-manager, no volumes, monitoring',
    { replicas: 2, storage: { kind: 'ephemeral' }, certificates: { kind: 'cert-manager' }, monitoring: true },
    { storage: 'none', certificates: { kind: 'cert-manager' }, monitoring: true },
  ],
  [
    'a second scheduler, refusing, with a configuration of every shape',
    {
      namespace: 'sizing',
      certificates: { kind: 'managed' },
      replicas: 2,
      refuseInvalid: true,
      port: 9443,
      configuration: awkward,
      secondScheduler: { image: 'registry.example/kube-scheduler:1', filter: true, weight: 7 },
    },
    {
      refuseInvalid: true,
      configuration: awkward,
      secondScheduler: { enabled: true, image: 'registry.example/kube-scheduler:1', filter: true, weight: 7 },
    },
  ],
  [
    'without Prometheus',
    { certificates: { kind: 'managed' }, replicas: 2, configuration: { source: { kind: 'metrics-api' } } },
    { configuration: { source: { kind: 'metrics-api' } } },
  ],
  [
    'storage',
    { certificates: { kind: 'managed' }, replicas: 2, configuration: withStorage },
    { configuration: withStorage },
  ],
  [
    'storage with a class of another name',
    {
      certificates: { kind: 'managed' },
      replicas: 2,
      configuration: { ...withStorage, storage: { autoClass: 'best' } },
    },
    { configuration: { ...withStorage, storage: { autoClass: 'best' } } },
  ],
  [
    'disks of nodes, for which a second scheduler refuses nodes',
    {
      namespace: 'sizing',
      certificates: { kind: 'managed' },
      replicas: 2,
      configuration: { ...withStorage, storage: withDisks },
      secondScheduler: { image: 'registry.example/kube-scheduler:1', filter: false, weight: 5 },
    },
    {
      configuration: { ...withStorage, storage: withDisks },
      secondScheduler: { enabled: true, image: 'registry.example/kube-scheduler:1' },
    },
  ],
  [
    'disks for which nothing is refused, and no plans',
    {
      certificates: { kind: 'managed' },
      replicas: 2,
      configuration: { ...withStorage, storage: { ...withDisks, refuseNodes: false, plans: { enabled: false } } },
      secondScheduler: { image: 'registry.example/kube-scheduler:1', filter: false, weight: 5 },
    },
    {
      configuration: { ...withStorage, storage: { ...withDisks, refuseNodes: false, plans: { enabled: false } } },
      secondScheduler: { enabled: true, image: 'registry.example/kube-scheduler:1' },
    },
  ],
  [
    'storage for a server outside the cluster',
    {
      url: 'https://10.0.0.5:8443',
      replicas: 2,
      certificates: { kind: 'given', authority: pem },
      configuration: withStorage,
    },
    {
      url: 'https://10.0.0.5:8443',
      certificates: { kind: 'given', authority: pem },
      configuration: withStorage,
    },
  ],
  [
    'a server outside the cluster',
    { url: 'https://10.0.0.5:8443', replicas: 2, certificates: { kind: 'given', authority: pem }, refuseInvalid: true },
    { url: 'https://10.0.0.5:8443', certificates: { kind: 'given', authority: pem }, refuseInvalid: true },
  ],
];

afterAll(() => rmSync(folder, { recursive: true }));

test('the chart has the version of the package, the alerts and the kinds of `barograph install`', () => {
  const chart = parse(readFileSync(join(chartFolder, 'Chart.yaml'), 'utf8'));
  expect([chart.version, chart.appVersion]).toEqual([packageVersion(), packageVersion()]);
  expect(JSON.parse(readFileSync(join(chartFolder, 'alerts.json'), 'utf8'))).toEqual(alerts());
  expect(JSON.parse(readFileSync(join(chartFolder, 'storage-crds.json'), 'utf8'))).toEqual(storageDefinitions());
});

describe.skipIf(skip !== undefined)(`the Helm chart${skip === undefined ? '' : ` (${skip})`}`, () => {
  beforeAll(ensureHelm, helmBuildMilliseconds);

  test('passes helm lint', async () => {
    expect(await helm(['lint', '--strict', chartFolder])).toContain('0 chart(s) failed');
  });

  test.each(variants)('renders what `barograph install --print` prints: %s', async (_, changes, values) => {
    const options = installOptions({ configuration: defaultConfiguration(), ...changes });
    const printed = manifests(options).filter(({ kind }) => kind !== 'Namespace');
    const rendered = await render(options.namespace, values);
    expect(Object.keys(rendered).sort()).toEqual(printed.map(nameOf).sort());
    for (const object of printed) expect(rendered[nameOf(object)], nameOf(object)).toEqual(comparable(object));
  });

  test.each([
    [{ certificates: { kind: 'mine' } }, 'expected managed, cert-manager, own or given'],
    [{ certificates: { kind: 'own' } }, 'certificates.authority: expected'],
    [{ certificates: { kind: 'own', authority: 'A' } }, 'certificates.authorityKey: expected'],
    [{ url: 'https://10.0.0.5' }, 'url: expected certificates.kind own or given'],
  ])('refuses values that do not fit together: %j', async (values, message) => {
    await expect(render('barograph', values)).rejects.toThrow(message);
  });
});

function defaultConfiguration(): Record<string, unknown> {
  const { prometheus: url } = parse(readFileSync(join(chartFolder, 'values.yaml'), 'utf8'));
  return {
    source: { kind: 'prometheus', url },
    mode: 'observe',
    objective: { cpuExceeded: '1%', memoryExceeded: '0.1%' },
  };
}

async function render(namespace: string, values: object): Promise<Record<string, unknown>> {
  const file = join(folder, 'values.json');
  writeFileSync(file, JSON.stringify({ image, ...values }));
  const text = await helm(['template', 'barograph', chartFolder, '--namespace', namespace, '--values', file]);
  const objects = parseAllDocuments(text).flatMap((document) => {
    const object = document.toJS() as KubernetesObject | null;
    return object === null ? [] : [object];
  });
  return Object.fromEntries(objects.map((object) => [nameOf(object), comparable(object)]));
}

function nameOf({ kind, metadata }: KubernetesObject): string {
  return `${kind} ${metadata.name}`;
}

/** Who manages it differs by intention; YAML within YAML is compared by what it says. */
function comparable(object: KubernetesObject): unknown {
  const text = JSON.stringify(object).replaceAll('"barograph-install"', '"Helm"');
  const copy = JSON.parse(text) as { data?: Record<string, string> };
  if (object.kind !== 'ConfigMap') return copy;
  const data = Object.entries(copy.data ?? {}).map(([key, yaml]) => [key, parse(yaml)]);
  return { ...copy, data: Object.fromEntries(data) };
}
