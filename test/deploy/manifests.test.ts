import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { manifests } from '../../src/cli/install/manifests.ts';
import type { InstallOptions, KubernetesObject } from '../../src/cli/install/options.ts';
import { configSchema } from '../../src/core/config.ts';
import { validateConfig } from '../../src/core/config-file.ts';
import { installOptions } from './install-options.ts';

interface Named {
  readonly name: string;
}

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

function made(changes: Partial<InstallOptions> = {}): KubernetesObject[] {
  return manifests(installOptions(changes));
}

/** The only object of a kind, as it is printed. */
function one(kind: string, changes: Partial<InstallOptions> = {}) {
  const found = made(changes).filter((object) => object.kind === kind);
  expect(found).toHaveLength(1);
  return JSON.parse(JSON.stringify(found[0]));
}

function names(objects: readonly KubernetesObject[]): string[] {
  return objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
}

describe('the objects of an installation', () => {
  test('come in the order in which they must be applied, the webhooks last', () => {
    expect(names(made({ refuseInvalid: true }))).toEqual([
      'Namespace barograph',
      'ServiceAccount barograph',
      'ClusterRole barograph',
      'ClusterRoleBinding barograph',
      'ConfigMap barograph',
      'Secret barograph-ca',
      'PersistentVolumeClaim barograph-data',
      'Deployment barograph',
      'Service barograph',
      'PodDisruptionBudget barograph',
      'NetworkPolicy barograph',
      'MutatingWebhookConfiguration barograph',
      'ValidatingWebhookConfiguration barograph',
    ]);
  });

  test('are the account and the webhooks alone for a server outside the cluster', () => {
    expect(names(made({ url: 'https://10.0.0.5:8443' }))).toEqual([
      'Namespace barograph',
      'ServiceAccount barograph',
      'ClusterRole barograph',
      'ClusterRoleBinding barograph',
      'MutatingWebhookConfiguration barograph',
    ]);
  });

  test('live in the namespace that was asked for, and those of the whole cluster carry its name', () => {
    const objects = made({ namespace: 'sizing', refuseInvalid: true });
    const clusterWide = objects.filter(({ metadata }) => metadata.namespace === undefined);
    expect(names(clusterWide)).toEqual([
      'Namespace sizing',
      'ClusterRole barograph-sizing',
      'ClusterRoleBinding barograph-sizing',
      'MutatingWebhookConfiguration barograph-sizing',
      'ValidatingWebhookConfiguration barograph-sizing',
    ]);
    const inside = objects.filter(({ metadata }) => metadata.namespace !== undefined);
    expect(new Set(inside.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['sizing']));
    expect(JSON.stringify(objects)).not.toContain('"namespace":"barograph"');
  });
});

test('the account may read what decisions need, and write nothing but Events and questions about callers', () => {
  const rules: Rule[] = one('ClusterRole').rules;
  const writing = rules.filter(({ verbs }) => verbs.some((verb) => !['get', 'list', 'watch'].includes(verb)));
  expect(writing.flatMap(({ resources, verbs }) => resources.map((resource) => [resource, verbs]))).toEqual([
    ['events', ['create', 'patch']],
    ['tokenreviews', ['create']],
    ['subjectaccessreviews', ['create']],
  ]);
  const everything = rules.flatMap(({ apiGroups, resources, verbs }) => [...apiGroups, ...resources, ...verbs]);
  expect(everything).not.toContain('*');
  expect(everything).not.toContain('secrets');
});

describe('the Deployment', () => {
  test('runs one process, never two at once', () => {
    expect(one('Deployment').spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
  });

  test('needs no privilege and no writable root', () => {
    const { template } = one('Deployment').spec;
    expect(template.spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(template.spec.containers[0].securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  test('is asked over HTTPS whether it lives and whether it is ready', () => {
    const [container] = one('Deployment').spec.template.spec.containers;
    expect(container.livenessProbe.httpGet).toEqual({ path: '/healthz', port: 'https', scheme: 'HTTPS' });
    expect(container.readinessProbe.httpGet).toEqual({ path: '/readyz', port: 'https', scheme: 'HTTPS' });
  });

  test('mounts only volumes that it has, each somewhere else', () => {
    const variants: Partial<InstallOptions>[] = [
      {},
      { storage: { kind: 'ephemeral' } },
      { certificates: { kind: 'given', authority: 'A' } },
      { certificates: { kind: 'cert-manager' } },
    ];
    for (const changes of variants) {
      const { containers, volumes } = one('Deployment', changes).spec.template.spec;
      const mounts: readonly { name: string; mountPath: string }[] = containers[0].volumeMounts;
      const held = volumes.map((volume: Named) => volume.name);
      expect(new Set(mounts.map(({ name }) => name))).toEqual(new Set(held));
      expect(new Set(mounts.map(({ mountPath }) => mountPath)).size).toBe(mounts.length);
    }
  });

  test('starts anew when the configuration or the authority changes', () => {
    const digest = (changes: Partial<InstallOptions>): string =>
      one('Deployment', changes).spec.template.metadata.annotations['checksum/configuration'];
    const other = { source: { kind: 'prometheus', url: 'http://elsewhere:9090' } };
    const certificates = { kind: 'own', authority: 'B', authorityKey: 'K' } as const;
    const digests = [{}, { configuration: other }, { certificates }].map(digest);
    expect(new Set(digests).size).toBe(3);
    expect(digest({})).toBe(digests[0]);
  });
});

describe('the configuration in the cluster', () => {
  test('is valid, with the folders of the pod and the name of the Service', () => {
    const text = one('ConfigMap', { namespace: 'sizing', port: 9443 }).data['barograph.yaml'];
    const config = validateConfig(configSchema, parse(text), 'the ConfigMap');
    expect(config.server).toEqual({
      address: '0.0.0.0:9443',
      certs: '/var/lib/barograph/certs',
      hosts: expect.arrayContaining(['barograph.sizing.svc']),
    });
    expect(config.knowledge.path).toBe('/var/lib/barograph/data');
  });

  test('keeps what was configured, but for what belongs to another machine', () => {
    const configuration = {
      source: { kind: 'prometheus', url: 'http://p:9090', timeout: '10s' },
      server: { hosts: ['barograph.example'] },
      kubernetes: { kubeconfig: '/home/me/.kube/config' },
      mode: 'enforce',
    };
    const kept = parse(one('ConfigMap', { configuration }).data['barograph.yaml']);
    expect(kept).toMatchObject({ mode: 'enforce', source: { timeout: '10s' }, kubernetes: { enabled: true } });
    expect(kept.kubernetes.kubeconfig).toBeUndefined();
    expect(kept.server.hosts).toContain('barograph.example');
  });
});

describe('certificates', () => {
  test('are made by the pod where the key of the authority is known', () => {
    expect(one('Secret').stringData).toEqual({ 'ca.crt': 'AUTHORITY', 'ca.key': 'KEY' });
  });

  test('come from a Secret of somebody else where it is not', () => {
    const certificates = { kind: 'given', authority: 'AUTHORITY' } as const;
    expect(made({ certificates }).filter(({ kind }) => kind === 'Secret')).toEqual([]);
    const { volumes } = one('Deployment', { certificates }).spec.template.spec;
    expect(volumes.find(({ name }: Named) => name === 'certs').secret.secretName).toBe('barograph-tls');
  });

  test('are made by cert-manager where it is asked to, for every name of the Service', () => {
    const changes = { namespace: 'sizing', certificates: { kind: 'cert-manager' } as const };
    const objects = made(changes).filter(({ apiVersion }) => apiVersion === 'cert-manager.io/v1');
    expect(names(objects)).toEqual([
      'Issuer barograph-self-signed',
      'Certificate barograph-ca',
      'Issuer barograph-ca',
      'Certificate barograph-tls',
    ]);
    expect(objects[3]?.spec).toMatchObject({
      secretName: 'barograph-tls',
      dnsNames: ['localhost', 'barograph.sizing.svc', 'barograph.sizing.svc.cluster.local'],
      ipAddresses: ['127.0.0.1'],
    });
    expect(made(changes).filter(({ kind }) => kind === 'Secret')).toEqual([]);
    const { metadata, webhooks } = one('MutatingWebhookConfiguration', changes);
    expect(metadata.annotations).toEqual({ 'cert-manager.io/inject-ca-from': 'sizing/barograph-tls' });
    for (const { clientConfig } of webhooks) expect(Object.keys(clientConfig)).toEqual(['service']);
  });
});

describe('the pod webhooks', () => {
  const webhooks = (changes: Partial<InstallOptions> = {}) => one('MutatingWebhookConfiguration', changes).webhooks;

  test('never stand in the way of a pod', () => {
    for (const webhook of webhooks()) {
      expect(webhook).toMatchObject({
        failurePolicy: 'Ignore',
        timeoutSeconds: 3,
        reinvocationPolicy: 'IfNeeded',
        sideEffects: 'NoneOnDryRun',
        admissionReviewVersions: ['v1'],
        rules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'], scope: 'Namespaced' },
        ],
      });
    }
  });

  test('divide the namespaces by their label, and leave out the system and Barograph itself', () => {
    const [enabled, annotated] = webhooks({ namespace: 'sizing' });
    const excluded = { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system', 'sizing'] };
    const label = { key: 'barograph.dev/enabled', values: ['true'] };
    expect(enabled.namespaceSelector.matchExpressions).toEqual([{ ...label, operator: 'In' }, excluded]);
    expect(annotated.namespaceSelector.matchExpressions).toEqual([{ ...label, operator: 'NotIn' }, excluded]);
    expect(enabled.matchConditions).toBeUndefined();
    expect(annotated.matchConditions).toHaveLength(1);
  });

  test('call the Service, or the address of a server outside, and always check its certificate', () => {
    const caBundle = Buffer.from('AUTHORITY').toString('base64');
    for (const webhook of webhooks()) {
      const service = { name: 'barograph', namespace: 'barograph', path: '/admission/pods', port: 443 };
      expect(webhook.clientConfig).toEqual({ service, caBundle });
    }
    for (const webhook of webhooks({ url: 'https://10.0.0.5:8443' })) {
      expect(webhook.clientConfig).toEqual({ url: 'https://10.0.0.5:8443/admission/pods', caBundle });
    }
  });
});
