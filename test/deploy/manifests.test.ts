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

/** The only object of a kind, or of a kind and name, as it is printed. */
function one(what: string, changes: Partial<InstallOptions> = {}) {
  const found = made(changes).filter(({ kind, metadata }) => [kind, `${kind} ${metadata.name}`].includes(what));
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
      'ClusterRole barograph-reader',
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
      'ClusterRole barograph-reader',
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
      'ClusterRole barograph-sizing-reader',
      'MutatingWebhookConfiguration barograph-sizing',
      'ValidatingWebhookConfiguration barograph-sizing',
    ]);
    const inside = objects.filter(({ metadata }) => metadata.namespace !== undefined);
    expect(new Set(inside.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['sizing']));
    expect(JSON.stringify(objects)).not.toContain('"namespace":"barograph"');
  });
});

test('the account may read what decisions need, and write nothing but Events and questions about callers', () => {
  const rules: Rule[] = one('ClusterRole barograph').rules;
  const writing = rules.filter(({ verbs }) => verbs.some((verb) => !['list', 'watch'].includes(verb)));
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
      registrations: [],
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

test('people who may read decisions get a role of their own, that of the HTTP reference', () => {
  expect(one('ClusterRole barograph-reader').rules).toEqual([
    { nonResourceURLs: ['/barograph/api/v1/*'], verbs: ['get'] },
  ]);
});

describe('several replicas', () => {
  test('keep a knowledge base each, in a StatefulSet with claims', () => {
    const objects = made({ replicas: 2 });
    expect(objects.map(({ kind }) => kind)).not.toContain('PersistentVolumeClaim');
    const { spec } = one('StatefulSet', { replicas: 2 });
    expect(spec).toMatchObject({ replicas: 2, serviceName: 'barograph-peers', podManagementPolicy: 'Parallel' });
    expect(spec.volumeClaimTemplates[0].spec.resources.requests.storage).toBe('5Gi');
    const mounts = spec.template.spec.containers[0].volumeMounts.map(({ name }: Named) => name);
    const volumes = [
      ...spec.template.spec.volumes,
      ...spec.volumeClaimTemplates.map(({ metadata }: never) => metadata),
    ];
    expect(new Set(mounts)).toEqual(new Set(volumes.map(({ name }: Named) => name)));
  });

  test('without volumes are a Deployment that never has fewer', () => {
    const { spec } = one('Deployment', { replicas: 2, storage: { kind: 'ephemeral' } });
    expect(spec).toMatchObject({ replicas: 2, strategy: { rollingUpdate: { maxUnavailable: 0 } } });
  });

  test('stand apart, and find each other by a headless Service that the certificate need not name', () => {
    const changes = { replicas: 2, namespace: 'sizing', port: 9443 };
    const { template } = one('StatefulSet', changes).spec;
    expect(
      template.spec.topologySpreadConstraints.map(({ topologyKey }: { topologyKey: string }) => topologyKey),
    ).toEqual(['kubernetes.io/hostname', 'topology.kubernetes.io/zone']);
    expect(one('Service barograph-peers', changes).spec).toMatchObject({
      clusterIP: 'None',
      publishNotReadyAddresses: true,
    });
    const config = parse(one('ConfigMap barograph', changes).data['barograph.yaml']);
    expect(config.server.peers).toBe('barograph-peers.sizing.svc:9443');
    expect(one('ClusterRoleBinding barograph-sizing-peers', changes).roleRef.name).toBe('barograph-sizing-reader');
  });
});

describe('certificates that the replicas make themselves', () => {
  const changes = { certificates: { kind: 'managed' }, replicas: 2, refuseInvalid: true } as const;

  test('are in a Secret that is installed empty, as is the Lease, so that nothing may be created', () => {
    const secret = one('Secret', changes);
    expect(secret.metadata.name).toBe('barograph-tls');
    expect(secret.data ?? secret.stringData).toBeUndefined();
    expect(one('Lease', changes).metadata.name).toBe('barograph');
    const rules: (Rule & { resourceNames: string[] })[] = one('Role', changes).rules;
    expect(rules.map(({ resources, resourceNames, verbs }) => [resources, resourceNames, verbs])).toEqual([
      [['secrets'], ['barograph-tls'], ['get', 'patch']],
      [['leases'], ['barograph'], ['get', 'patch']],
    ]);
  });

  test('reach the API server by a right to the two registrations alone', () => {
    const rules: Rule[] = one('ClusterRole barograph', changes).rules;
    expect(rules.at(-1)).toEqual({
      apiGroups: ['admissionregistration.k8s.io'],
      resources: ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
      resourceNames: ['barograph'],
      verbs: ['get', 'patch'],
    });
    const config = validateConfig(
      configSchema,
      parse(one('ConfigMap', changes).data['barograph.yaml']),
      'the ConfigMap',
    );
    expect(config.server).toMatchObject({
      secret: { namespace: 'barograph', name: 'barograph-tls' },
      lease: { namespace: 'barograph', name: 'barograph' },
      registrations: [
        { kind: 'MutatingWebhookConfiguration', name: 'barograph' },
        { kind: 'ValidatingWebhookConfiguration', name: 'barograph' },
      ],
    });
    const [webhook] = one('MutatingWebhookConfiguration', changes).webhooks;
    expect(webhook.clientConfig.caBundle).toBeUndefined();
  });
});

describe('a second scheduler', () => {
  const secondScheduler = { image: 'registry.example/kube-scheduler:v1', filter: false, weight: 5 };

  test('is a stock kube-scheduler with a name, a Lease and an account of its own', () => {
    const changes = { secondScheduler, certificates: { kind: 'managed' } } as const;
    const { spec } = one('Deployment barograph-scheduler', changes);
    expect(spec.replicas).toBe(2);
    expect(spec.template.spec.containers[0].image).toBe('registry.example/kube-scheduler:v1');
    const text = one('ConfigMap barograph-scheduler', changes).data['scheduler.yaml'];
    expect(parse(text)).toMatchObject({
      leaderElection: { leaderElect: true, resourceName: 'barograph-scheduler', resourceNamespace: 'barograph' },
      profiles: [{ schedulerName: 'barograph-scheduler' }],
      extenders: [
        {
          urlPrefix: 'https://barograph.barograph.svc:443/extender',
          tlsConfig: { caFile: '/etc/barograph/authority/ca.crt' },
          nodeCacheCapable: true,
          ignorable: true,
        },
      ],
    });
    const authority = spec.template.spec.volumes.find(({ name }: Named) => name === 'authority').secret;
    expect(authority).toMatchObject({ secretName: 'barograph-tls', items: [{ key: 'ca.crt', path: 'ca.crt' }] });
    const config = parse(one('ConfigMap barograph', changes).data['barograph.yaml']);
    expect(config.scheduler).toEqual({ name: 'barograph-scheduler', lease: 'barograph/barograph-scheduler' });
  });

  test("never gets the authority's key", () => {
    const { volumes } = one('Deployment barograph-scheduler', { secondScheduler }).spec.template.spec;
    const { secret } = volumes.find(({ name }: Named) => name === 'authority');
    expect(secret).toMatchObject({ secretName: 'barograph-ca', items: [{ key: 'ca.crt', path: 'ca.crt' }] });
  });
});
