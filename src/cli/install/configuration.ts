import { stringify } from 'yaml';
import { digestOf } from './digest.ts';
import {
  appName,
  clusterName,
  hasPlans,
  type InstallOptions,
  inNamespace,
  type KubernetesObject,
  ownHosts,
  peersService,
  schedulerName,
  storageLease,
} from './options.ts';

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
  const common = [configMap, ...storageLeases(options)];
  if (certificates.kind === 'managed') return [...common, ...sharedObjects(options)];
  if (certificates.kind !== 'own') return common;
  return [
    ...common,
    {
      ...secret(options, authoritySecret),
      stringData: { 'ca.crt': certificates.authority, 'ca.key': certificates.authorityKey },
    },
  ];
}

/** Empty, to be filled by whoever leads: made here, so that nobody needs the right to create Secrets or Leases. */
function sharedObjects(options: InstallOptions): KubernetesObject[] {
  return [
    secret(options, servingSecret),
    { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: inNamespace(options) },
  ];
}

function storageLeases(options: InstallOptions): KubernetesObject[] {
  if (!hasPlans(options)) return [];
  return [{ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: inNamespace(options, storageLease) }];
}

function secret(options: InstallOptions, name: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Secret', metadata: inNamespace(options, name), type: 'Opaque' };
}

/** Changes when the configuration or the authority does, so that pods are started anew. */
export function configurationDigest(options: InstallOptions): string {
  const { certificates } = options;
  return digestOf(installedConfiguration(options), 'authority' in certificates ? certificates.authority : '');
}

/** The given configuration with the folders of the pod, the Service's name in the certificate, and the pod's own account. */
function configurationText(options: InstallOptions): string {
  return stringify(installedConfiguration(options));
}

function installedConfiguration(options: InstallOptions): object {
  const { configuration, namespace, port } = options;
  const server = fieldsOf(configuration.server);
  const hosts = Array.isArray(server.hosts) ? server.hosts.filter((host) => typeof host === 'string') : [];
  return {
    ...configuration,
    server: {
      ...server,
      address: `0.0.0.0:${port}`,
      certs: certificatesFolder,
      hosts: [...new Set([...hosts, ...ownHosts(namespace)])],
      ...sharedSettings(options),
    },
    knowledge: { ...fieldsOf(configuration.knowledge), kind: 'sqlite', path: knowledgeFolder },
    kubernetes: { enabled: true },
    ...schedulerSettings(options),
    ...storageSettings(options),
  };
}

function storageSettings(options: InstallOptions): object {
  if (!hasPlans(options)) return {};
  const storage = fieldsOf(options.configuration.storage);
  const lease = `${options.namespace}/${storageLease}`;
  return { storage: { ...storage, plans: { ...fieldsOf(storage.plans), lease } } };
}

/** What replicas share and by what they find each other. */
function sharedSettings(options: InstallOptions): object {
  const { certificates, namespace, port, replicas } = options;
  const peers = replicas > 1 ? { peers: `${peersService}.${namespace}.svc:${port}` } : {};
  if (certificates.kind !== 'managed') return peers;
  const registrations = registrationsOf(options).map(({ kind, name }) => `${kind}/${name}`);
  return { secret: `${namespace}/${servingSecret}`, lease: `${namespace}/${appName}`, registrations, ...peers };
}

function schedulerSettings({ secondScheduler, namespace }: InstallOptions): object {
  if (secondScheduler === undefined) return {};
  return { scheduler: { name: schedulerName, lease: `${namespace}/${schedulerName}` } };
}

/** The registrations with the API server, by kind and name. */
export function registrationsOf({ namespace, refuseInvalid }: InstallOptions): { kind: string; name: string }[] {
  const kinds = ['MutatingWebhookConfiguration', ...(refuseInvalid ? ['ValidatingWebhookConfiguration'] : [])];
  return kinds.map((kind) => ({ kind, name: clusterName(namespace) }));
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
