import { storageGroup, storageKinds } from '../../operator/storage/custom-resources.ts';
import { servingSecret } from './configuration.ts';
import {
  appName,
  clusterName,
  hasPlans,
  hasStorage,
  type InstallOptions,
  inNamespace,
  type KubernetesObject,
  labels,
  schedulerName,
  storageLease,
} from './options.ts';

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

interface Subject {
  readonly kind: 'ServiceAccount';
  readonly name: string;
  readonly namespace: string;
}

const watched = ['list', 'watch'];
const kept = ['get', 'patch'];
/** Claims are also read one by one: an Event on one needs its uid. */
const storageRules: Rule[] = [
  { apiGroups: [''], resources: ['persistentvolumeclaims'], verbs: ['get', ...watched] },
  { apiGroups: [''], resources: ['persistentvolumes'], verbs: watched },
  { apiGroups: ['storage.k8s.io'], resources: ['storageclasses', 'csistoragecapacities'], verbs: watched },
  { apiGroups: ['ceph.rook.io'], resources: ['cephclusters'], verbs: watched },
];
const planRules: Rule[] = [
  {
    apiGroups: [storageGroup],
    resources: Object.keys(storageKinds),
    verbs: ['list', 'create', 'patch', 'delete'],
  },
  { apiGroups: [storageGroup], resources: Object.keys(storageKinds).map((kind) => `${kind}/status`), verbs: ['patch'] },
];
const accessGroup = 'rbac.authorization.k8s.io';
const apiVersion = `${accessGroup}/v1`;

/** Who the server is in the cluster and what it may do there: read what decisions need, write Events, ask who a caller is, keep its certificates. */
export function accessObjects(options: InstallOptions): KubernetesObject[] {
  // Names of cluster-wide objects: two installations in two namespaces must not take each other's.
  const name = clusterName(options.namespace);
  const subject: Subject = { kind: 'ServiceAccount', name: appName, namespace: options.namespace };
  const reader = `${name}-reader`;
  const own = rulesInNamespace(options);
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: inNamespace(options) },
    clusterRole(name, rulesInCluster(options)),
    clusterRoleBinding(name, name, subject),
    // For people: bind it to whoever may read decisions, forecasts and the dashboard.
    clusterRole(reader, [{ nonResourceURLs: ['/barograph/api/v1/*'], verbs: ['get'] }]),
    // For people: who may approve what is done to the storage.
    ...(hasPlans(options)
      ? [
          clusterRole(`${name}-storage-approver`, [
            { apiGroups: [storageGroup], resources: ['storageplans'], verbs: ['get', 'list', 'watch', 'patch'] },
          ]),
        ]
      : []),
    // A replica asks the others for decisions that it did not make.
    ...(hasPeers(options) ? [clusterRoleBinding(`${name}-peers`, reader, subject)] : []),
    ...(own.length > 0 ? [role(options, own), roleBinding(options, subject)] : []),
  ];
}

function rulesInCluster(options: InstallOptions): Rule[] {
  const { certificates, configuration, refuseInvalid, namespace } = options;
  const source = configuration.source as { readonly kind?: unknown } | undefined;
  const registrations = [
    'mutatingwebhookconfigurations',
    ...(refuseInvalid ? ['validatingwebhookconfigurations'] : []),
  ];
  return [
    { apiGroups: [''], resources: ['namespaces', 'limitranges', 'resourcequotas', 'nodes', 'pods'], verbs: watched },
    { apiGroups: ['apps'], resources: ['replicasets'], verbs: watched },
    { apiGroups: ['batch'], resources: ['jobs'], verbs: watched },
    { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: watched },
    { apiGroups: ['autoscaling.k8s.io'], resources: ['verticalpodautoscalers'], verbs: watched },
    ...(hasStorage(options) ? storageRules : []),
    ...(hasPlans(options) ? planRules : []),
    ...(source?.kind === 'metrics-api'
      ? [{ apiGroups: ['metrics.k8s.io'], resources: ['pods', 'nodes'], verbs: ['list'] }]
      : []),
    { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
    { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
    { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
    ...(certificates.kind === 'managed' && isInside(options)
      ? [
          {
            apiGroups: ['admissionregistration.k8s.io'],
            resources: registrations,
            resourceNames: [clusterName(namespace)],
            verbs: kept,
          },
        ]
      : []),
  ];
}

/** Objects are named, and made by whoever installs: nothing may be listed or created. */
function rulesInNamespace(options: InstallOptions): Rule[] {
  if (!isInside(options)) return [];
  const leases = { apiGroups: ['coordination.k8s.io'], resources: ['leases'] };
  const ofCertificates: Rule[] = [
    { apiGroups: [''], resources: ['secrets'], resourceNames: [servingSecret], verbs: kept },
    { ...leases, resourceNames: [appName], verbs: kept },
  ];
  const ofStorage: Rule[] = [{ ...leases, resourceNames: [storageLease], verbs: kept }];
  const ofScheduler: Rule[] = [{ ...leases, resourceNames: [schedulerName], verbs: ['get'] }];
  return [
    ...(options.certificates.kind === 'managed' ? ofCertificates : []),
    ...(hasPlans(options) ? ofStorage : []),
    ...(options.secondScheduler === undefined ? [] : ofScheduler),
  ];
}

function isInside({ url }: InstallOptions): boolean {
  return url === undefined;
}

function hasPeers(options: InstallOptions): boolean {
  return isInside(options) && options.replicas > 1;
}

export function clusterRole(name: string, rules: readonly Rule[]): KubernetesObject {
  return { apiVersion, kind: 'ClusterRole', metadata: { name, labels }, rules };
}

export function clusterRoleBinding(name: string, roleName: string, subject: Subject): KubernetesObject {
  const roleRef = { apiGroup: accessGroup, kind: 'ClusterRole', name: roleName };
  return { apiVersion, kind: 'ClusterRoleBinding', metadata: { name, labels }, roleRef, subjects: [subject] };
}

export function role(options: InstallOptions, rules: readonly Rule[], name: string = appName): KubernetesObject {
  return { apiVersion, kind: 'Role', metadata: inNamespace(options, name), rules };
}

export function roleBinding(options: InstallOptions, subject: Subject, name: string = appName): KubernetesObject {
  const roleRef = { apiGroup: accessGroup, kind: 'Role', name };
  return { apiVersion, kind: 'RoleBinding', metadata: inNamespace(options, name), roleRef, subjects: [subject] };
}
