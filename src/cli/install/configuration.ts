import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import { type InstallOptions, inNamespace, type KubernetesObject, ownHosts } from './options.ts';

export const configFolder = '/etc/barograph';
export const certificatesFolder = '/var/lib/barograph/certs';
export const knowledgeFolder = '/var/lib/barograph/data';
/** A Secret of ours, with the authority and its key: each pod makes and renews its own serving certificate. */
export const authoritySecret = 'barograph-ca';
/** A Secret of cert-manager or somebody else, with ca.crt, tls.crt and tls.key. */
export const servingSecret = 'barograph-tls';

/** The ConfigMap with the configuration and, where the authority's key is known, the Secret with the authority. */
export function configurationObjects(options: InstallOptions): KubernetesObject[] {
  const { certificates } = options;
  const configMap: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: inNamespace(options),
    data: { 'barograph.yaml': configurationText(options) },
  };
  if (certificates.kind !== 'own') return [configMap];
  return [
    configMap,
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: inNamespace(options, authoritySecret),
      type: 'Opaque',
      stringData: { 'ca.crt': certificates.authority, 'ca.key': certificates.authorityKey },
    },
  ];
}

/** Changes when the configuration or the authority does, so that pods are started anew. */
export function configurationDigest(options: InstallOptions): string {
  return createHash('sha256')
    .update(configurationText(options))
    .update('authority' in options.certificates ? options.certificates.authority : '')
    .digest('hex')
    .slice(0, 16);
}

/** The given configuration with the folders of the pod, the Service's name in the certificate, and the pod's own account. */
function configurationText({ configuration, namespace, port }: InstallOptions): string {
  const server = fieldsOf(configuration.server);
  const hosts = Array.isArray(server.hosts) ? server.hosts.filter((host) => typeof host === 'string') : [];
  return stringify({
    ...configuration,
    server: {
      ...server,
      address: `0.0.0.0:${port}`,
      certs: certificatesFolder,
      hosts: [...new Set([...hosts, ...ownHosts(namespace)])],
    },
    knowledge: { ...fieldsOf(configuration.knowledge), kind: 'sqlite', path: knowledgeFolder },
    kubernetes: { enabled: true },
  });
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
