import {
  authoritySecret,
  certificatesFolder,
  configFolder,
  configurationDigest,
  knowledgeFolder,
  servingSecret,
} from './configuration.ts';
import {
  appName,
  type InstallOptions,
  inNamespace,
  type KubernetesObject,
  labels,
  peersService,
  selectorLabels,
} from './options.ts';

const dataClaim = 'barograph-data';
// Any number that is not root and that no image gives to a person: the one of "distroless" images.
const userId = 65532;

/** What runs the server in the cluster: Deployment, Service, and what keeps them up and apart. */
export function workloadObjects(options: InstallOptions): KubernetesObject[] {
  return [
    ...claimObjects(options),
    isStateful(options) ? statefulSet(options) : deployment(options),
    service(options),
    ...(options.replicas > 1 ? [peers(options)] : []),
    disruptionBudget(options),
    network(options),
  ];
}

/** Several replicas with claims: each keeps its own knowledge base over restarts. */
function isStateful({ replicas, storage }: InstallOptions): boolean {
  return replicas > 1 && storage.kind === 'claim';
}

function claimObjects(options: InstallOptions): KubernetesObject[] {
  if (options.storage.kind === 'ephemeral' || isStateful(options)) return [];
  return [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: inNamespace(options, dataClaim),
      spec: claimSpec(options.storage.size),
    },
  ];
}

function claimSpec(size: string): object {
  return { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: size } } };
}

function statefulSet(options: InstallOptions): KubernetesObject {
  const size = options.storage.kind === 'claim' ? options.storage.size : '';
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: inNamespace(options),
    spec: {
      replicas: options.replicas,
      serviceName: peersService,
      // They need nothing of each other to start; updates still come one by one.
      podManagementPolicy: 'Parallel',
      updateStrategy: { type: 'RollingUpdate' },
      // So long no connection was refused: then the next one may be replaced.
      minReadySeconds: 10,
      revisionHistoryLimit: 3,
      selector: { matchLabels: selectorLabels },
      template: template(options),
      volumeClaimTemplates: [{ metadata: { name: 'data', labels }, spec: claimSpec(size) }],
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Delete' },
    },
  };
}

function deployment(options: InstallOptions): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: inNamespace(options),
    spec: {
      replicas: options.replicas,
      // One on a claim: the old one ends before the new one starts, as SQLite takes one writer. While it is away pods are created and
      // scheduled unchanged (failurePolicy Ignore, ignorable extender).
      strategy:
        options.replicas === 1
          ? { type: 'Recreate' }
          : { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      minReadySeconds: 10,
      revisionHistoryLimit: 3,
      selector: { matchLabels: selectorLabels },
      template: template(options),
    },
  };
}

function template(options: InstallOptions): object {
  return {
    metadata: { labels, annotations: { 'checksum/configuration': configurationDigest(options) } },
    spec: podSpec(options),
  };
}

/** Not on one node, nor in one zone, where there is a choice. */
export function spread(matchLabels: Readonly<Record<string, string>>): object[] {
  return ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels },
  }));
}

function podSpec(options: InstallOptions): object {
  return {
    serviceAccountName: appName,
    terminationGracePeriodSeconds: 30,
    topologySpreadConstraints: spread(selectorLabels),
    securityContext: {
      runAsNonRoot: true,
      runAsUser: userId,
      runAsGroup: userId,
      fsGroup: userId,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [container(options)],
    volumes: volumes(options),
  };
}

/** What every container of ours does without. */
export const containerSecurity = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
} as const;

function container(options: InstallOptions): object {
  return {
    name: appName,
    image: options.image,
    imagePullPolicy: 'IfNotPresent',
    args: ['serve', '--config', `${configFolder}/barograph.yaml`],
    ports: [{ name: 'https', containerPort: options.port, protocol: 'TCP' }],
    // A first start reads days of history before it is ready; it serves "unchanged" meanwhile and must not be killed for it.
    startupProbe: probe('/healthz', { periodSeconds: 2, failureThreshold: 60 }),
    livenessProbe: probe('/healthz', { periodSeconds: 10, failureThreshold: 3 }),
    readinessProbe: probe('/readyz', { periodSeconds: 5, failureThreshold: 2 }),
    resources: { requests: { cpu: '250m', memory: '512Mi' }, limits: { memory: '2Gi' } },
    securityContext: containerSecurity,
    volumeMounts: [
      { name: 'config', mountPath: configFolder, readOnly: true },
      { name: 'data', mountPath: knowledgeFolder },
      { name: 'tmp', mountPath: '/tmp' },
      ...certificateMounts(options),
    ],
  };
}

function probe(path: string, timing: { periodSeconds: number; failureThreshold: number }): object {
  return { httpGet: { path, port: 'https', scheme: 'HTTPS' }, timeoutSeconds: 2, ...timing };
}

/**
 * With the authority's key: a folder of the pod's own, in which the two files of the authority appear, and beside them the serving certificate
 * that the server makes and renews. Without: the folder is the Secret that somebody else keeps up to date.
 */
function certificateMounts({ certificates }: InstallOptions): object[] {
  if (certificates.kind === 'managed') return [];
  if (certificates.kind !== 'own') {
    return [{ name: 'certs', mountPath: certificatesFolder, readOnly: true }];
  }
  const authorityFile = (file: string): object => ({
    name: 'authority',
    mountPath: `${certificatesFolder}/${file}`,
    subPath: file,
    readOnly: true,
  });
  return [{ name: 'certs', mountPath: certificatesFolder }, authorityFile('ca.crt'), authorityFile('ca.key')];
}

function volumes(options: InstallOptions): object[] {
  return [
    { name: 'config', configMap: { name: appName } },
    ...dataVolumes(options),
    { name: 'tmp', emptyDir: {} },
    ...certificateVolumes(options),
  ];
}

function dataVolumes(options: InstallOptions): object[] {
  if (options.storage.kind === 'ephemeral') return [{ name: 'data', emptyDir: {} }];
  // A StatefulSet adds each pod's own.
  return isStateful(options) ? [] : [{ name: 'data', persistentVolumeClaim: { claimName: dataClaim } }];
}

function certificateVolumes({ certificates }: InstallOptions): object[] {
  const secret = (secretName: string): object => ({ secretName, defaultMode: 0o440 });
  if (certificates.kind === 'managed') return [];
  if (certificates.kind !== 'own') return [{ name: 'certs', secret: secret(servingSecret) }];
  return [
    { name: 'certs', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
    { name: 'authority', secret: secret(authoritySecret) },
  ];
}

function service(options: InstallOptions): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { ...inNamespace(options), labels: { ...labels, 'barograph.dev/scrape': 'true' } },
    spec: { selector: selectorLabels, ports: [{ name: 'https', port: 443, targetPort: 'https', protocol: 'TCP' }] },
  };
}

/** Every replica by its own address, ready or not: who looks for a decision asks them all. */
function peers(options: InstallOptions): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: inNamespace(options, peersService),
    spec: {
      clusterIP: 'None',
      publishNotReadyAddresses: true,
      selector: selectorLabels,
      ports: [{ name: 'https', port: options.port, targetPort: 'https', protocol: 'TCP' }],
    },
  };
}

function disruptionBudget(options: InstallOptions): KubernetesObject {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: inNamespace(options),
    // minAvailable 1 would keep the node of a single replica from ever being drained.
    spec: { maxUnavailable: 1, selector: { matchLabels: selectorLabels } },
  };
}

/**
 * Only the HTTPS port is open. From anywhere: the API server and the scheduler call from addresses that no selector matches. What goes
 * out is not restricted: where the metrics are served is known to the configuration only, and policies see it after Services are resolved.
 */
function network(options: InstallOptions): KubernetesObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: inNamespace(options),
    spec: {
      podSelector: { matchLabels: selectorLabels },
      policyTypes: ['Ingress'],
      ingress: [{ ports: [{ port: 'https', protocol: 'TCP' }] }],
    },
  };
}
