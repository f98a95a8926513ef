import { stringify } from 'yaml';
import { clusterRoleBinding, role, roleBinding } from './access.ts';
import { authoritySecret, servingSecret } from './configuration.ts';
import { digestOf } from './digest.ts';
import {
  clusterName,
  type InstallCertificates,
  type InstallOptions,
  inNamespace,
  type KubernetesObject,
  labels,
  refusesNodes,
  type SecondScheduler,
  schedulerName,
  serviceHost,
} from './options.ts';
import { extenderStanza } from './scheduler.ts';
import { containerSecurity, spread } from './workload.ts';

const replicas = 2;
const authorityFolder = '/etc/barograph/authority';
const configurationFile = '/etc/kubernetes/scheduler.yaml';
const schedulerLabels = { 'app.kubernetes.io/name': schedulerName } as const;
const userId = 65532;

/**
 * A stock kube-scheduler that asks Barograph, beside the cluster's own: two replicas, one of which leads by a Lease of its own (the usual one is the
 * default scheduler's). Pods with its name are placed by it.
 */
export function schedulerObjects(options: InstallOptions): KubernetesObject[] {
  const { secondScheduler } = options;
  if (secondScheduler === undefined || options.url !== undefined) return [];
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata(options) },
    ...access(options),
    {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: metadata(options),
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: metadata(options),
      data: { 'scheduler.yaml': stringify(configuration(options, secondScheduler)) },
    },
    deployment(options, secondScheduler),
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: metadata(options),
      spec: { maxUnavailable: 1, selector: { matchLabels: schedulerLabels } },
    },
  ];
}

function metadata(options: InstallOptions) {
  return { ...inNamespace(options, schedulerName), labels: { ...labels, ...schedulerLabels } };
}

/** What the cluster's own scheduler may, by the roles that come with Kubernetes, and the Lease. */
function access(options: InstallOptions): KubernetesObject[] {
  const subject = { kind: 'ServiceAccount', name: schedulerName, namespace: options.namespace } as const;
  const name = `${clusterName(options.namespace)}-scheduler`;
  const leases = { apiGroups: ['coordination.k8s.io'], resources: ['leases'], resourceNames: [schedulerName] };
  return [
    clusterRoleBinding(name, 'system:kube-scheduler', subject),
    clusterRoleBinding(`${name}-volumes`, 'system:volume-scheduler', subject),
    role(options, [{ ...leases, verbs: ['get', 'update'] }], schedulerName),
    roleBinding(options, subject, schedulerName),
  ];
}

function configuration(options: InstallOptions, { filter, weight }: SecondScheduler): object {
  const { namespace } = options;
  return {
    apiVersion: 'kubescheduler.config.k8s.io/v1',
    kind: 'KubeSchedulerConfiguration',
    leaderElection: { leaderElect: true, resourceNamespace: namespace, resourceName: schedulerName },
    profiles: [{ schedulerName }],
    extenders: [
      extenderStanza({
        origin: `https://${serviceHost(namespace)}:443`,
        tls: { caFile: `${authorityFolder}/ca.crt` },
        filter: filter || refusesNodes(options),
        weight,
      }),
    ],
  };
}

function deployment(options: InstallOptions, { image, filter, weight }: SecondScheduler): KubernetesObject {
  const settings = configuration(options, { image, filter, weight });
  const digest = digestOf(settings);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(options),
    spec: {
      replicas,
      revisionHistoryLimit: 3,
      selector: { matchLabels: schedulerLabels },
      template: {
        metadata: { labels: { ...labels, ...schedulerLabels }, annotations: { 'checksum/configuration': digest } },
        spec: {
          serviceAccountName: schedulerName,
          // Pods that enforce wait for it.
          priorityClassName: 'system-cluster-critical',
          topologySpreadConstraints: spread(schedulerLabels),
          securityContext: {
            runAsNonRoot: true,
            runAsUser: userId,
            runAsGroup: userId,
            fsGroup: userId,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          containers: [container(image)],
          volumes: [
            { name: 'config', configMap: { name: schedulerName } },
            // Without the key, which the scheduler has no use for. Read once, at its start.
            {
              name: 'authority',
              secret: {
                secretName: authorityIn(options.certificates),
                defaultMode: 0o440,
                items: [{ key: 'ca.crt', path: 'ca.crt' }],
              },
            },
          ],
        },
      },
    },
  };
}

function container(image: string): object {
  const probe = (path: string): object => ({
    httpGet: { path, port: 'https', scheme: 'HTTPS' },
    periodSeconds: 10,
    timeoutSeconds: 5,
  });
  return {
    name: 'kube-scheduler',
    image,
    command: ['kube-scheduler', `--config=${configurationFile}`],
    ports: [{ name: 'https', containerPort: 10259, protocol: 'TCP' }],
    livenessProbe: probe('/healthz'),
    readinessProbe: probe('/healthz'),
    resources: { requests: { cpu: '100m', memory: '128Mi' } },
    securityContext: containerSecurity,
    volumeMounts: [
      { name: 'config', mountPath: '/etc/kubernetes', readOnly: true },
      { name: 'authority', mountPath: authorityFolder, readOnly: true },
    ],
  };
}

function authorityIn({ kind }: InstallCertificates): string {
  return kind === 'own' ? authoritySecret : servingSecret;
}
