import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { manifests } from '../../src/cli/install/manifests.ts';
import type { InstallOptions } from '../../src/cli/install/options.ts';
import { installCommand } from '../../src/cli/install.ts';
import { configSchema } from '../../src/core/config.ts';
import { validateConfig } from '../../src/core/config-file.ts';
import { installOptions } from './install-options.ts';

const source = { kind: 'metrics-api' };

interface Webhook {
  readonly name: string;
  readonly [field: string]: unknown;
}

interface Rule {
  readonly resources?: readonly string[];
  readonly verbs: readonly string[];
}

function made<T>(name: string, field: string, changes: Partial<InstallOptions>): T {
  const found = manifests(installOptions(changes)).find(({ kind, metadata }) => `${kind} ${metadata.name}` === name);
  return found?.[field] as T;
}

function claimWebhook(configuration: Record<string, unknown>): Webhook | undefined {
  const webhooks = made<Webhook[]>('MutatingWebhookConfiguration barograph', 'webhooks', { configuration });
  return webhooks.find(({ name }) => name === 'claims.barograph.dev');
}

test('without storage in the configuration no claim is asked about, and none may be read', () => {
  expect(claimWebhook({ source })).toBeUndefined();
  const rules = made<Rule[]>('ClusterRole barograph', 'rules', { configuration: { source } });
  expect(rules.flatMap(({ resources = [] }) => resources)).not.toContain('persistentvolumeclaims');
});

test('with storage, claims that ask for a class are sent, and never stopped', () => {
  expect(claimWebhook({ source, storage: {} })).toMatchObject({
    failurePolicy: 'Ignore',
    timeoutSeconds: 3,
    reinvocationPolicy: 'IfNeeded',
    sideEffects: 'NoneOnDryRun',
    clientConfig: { service: { path: '/admission/claims' } },
    rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['persistentvolumeclaims'] }],
    matchConditions: [
      {
        name: 'asks-for-a-class',
        expression:
          "'barograph.dev/storage-class' in object.metadata.?annotations.orValue({}) || object.spec.?storageClassName.orValue('') == 'barograph'",
      },
    ],
  });
  const named = claimWebhook({ source, storage: { autoClass: 'best' } });
  expect(JSON.stringify(named)).toContain("== 'best'");
});

test('with storage, classes, volumes and what drivers have free may be watched, and nothing of it changed', () => {
  const rules = made<Rule[]>('ClusterRole barograph', 'rules', { configuration: { source, storage: {} } });
  const verbsOf = (resource: string): readonly string[] =>
    rules.filter(({ resources = [] }) => resources.includes(resource)).flatMap(({ verbs }) => verbs);
  expect(verbsOf('persistentvolumeclaims')).toEqual(['get', 'list', 'watch']);
  for (const resource of ['persistentvolumes', 'storageclasses', 'csistoragecapacities']) {
    expect(verbsOf(resource)).toEqual(['list', 'watch']);
  }
});

describe('the objects of disks, pools and plans', () => {
  const kindsOf = (changes: Partial<InstallOptions>): string[] =>
    manifests(installOptions(changes)).map(({ kind, metadata }) => `${kind} ${metadata.name}`);

  test('come with storage, first of all, and not without', () => {
    expect(kindsOf({ configuration: { source } }).join()).not.toContain('CustomResourceDefinition');
    const off = { source, storage: { plans: { enabled: false } } };
    expect(kindsOf({ configuration: off }).join()).not.toContain('CustomResourceDefinition');
    const kinds = kindsOf({ configuration: { source, storage: {} } });
    expect(kinds.slice(1, 4)).toEqual([
      'CustomResourceDefinition diskhealths.barograph.dev',
      'CustomResourceDefinition poolforecasts.barograph.dev',
      'CustomResourceDefinition storageplans.barograph.dev',
    ]);
    expect(kinds).toContain('Lease barograph-storage');
    expect(kinds).toContain('ClusterRole barograph-storage-approver');
  });

  test('are written by whoever holds a Lease of the namespace, which is in the configuration', () => {
    const configuration = { source, storage: { plans: { retireBy: 'osd-crush-reweight' } } };
    const data = made<Record<string, string>>('ConfigMap barograph', 'data', { namespace: 'sizing', configuration });
    const { storage } = validateConfig(configSchema, parse(data['barograph.yaml'] ?? ''), 'the ConfigMap');
    expect(storage?.plans).toMatchObject({
      lease: { namespace: 'sizing', name: 'barograph-storage' },
      retireBy: 'osd-crush-reweight',
    });
  });

  test.each([
    [{}, false],
    [{ nodeDisks: { kind: 'none' } }, false],
    [{ nodeDisks: { kind: 'folder', path: '/smart' } }, true],
    [{ ceph: [{ metrics: { kind: 'mgr', urls: ['http://m:9283'] } }] }, true],
    [{ nodeDisks: { kind: 'folder', path: '/smart' }, refuseNodes: false }, false],
  ])('the filter is registered only where a rule refuses nodes: %j', async (storage, expected) => {
    const folder = mkdtempSync(join(tmpdir(), 'barograph-storage-'));
    writeFileSync(join(folder, 'ca.crt'), 'ca');
    writeFileSync(join(folder, 'config.yaml'), stringify({ source, storage }));
    let printed = '';
    const command = installCommand((text) => {
      printed += text;
    });
    const args = ['--print-scheduler', '--certs', folder, '--config', join(folder, 'config.yaml')];
    await command.parseAsync(args, { from: 'user' });
    rmSync(folder, { recursive: true });
    const [extender] = parse(printed).extenders;
    expect(extender.filterVerb).toBe(expected ? 'filter' : undefined);
  });
});
