import { appName, type InstallOptions, inNamespace, type KubernetesObject, labels } from './options.ts';

const watched = ['get', 'list', 'watch'];

/** Who the server is in the cluster and what it may do there: read what decisions need, write Events, ask who a caller is. */
export function accessObjects(options: InstallOptions): KubernetesObject[] {
  // Names of cluster-wide objects: two installations in two namespaces must not take each other's.
  const name = clusterName(options.namespace);
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: inNamespace(options) },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name, labels },
      rules: [
        {
          apiGroups: [''],
          resources: ['namespaces', 'limitranges', 'resourcequotas', 'nodes', 'pods'],
          verbs: watched,
        },
        { apiGroups: ['apps'], resources: ['replicasets'], verbs: watched },
        { apiGroups: ['batch'], resources: ['jobs'], verbs: watched },
        { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: watched },
        { apiGroups: ['autoscaling.k8s.io'], resources: ['verticalpodautoscalers'], verbs: watched },
        { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
        { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
        { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
      ],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name, labels },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', name: appName, namespace: options.namespace }],
    },
  ];
}

/** `barograph` in the namespace of that name, else `barograph-<namespace>`. */
export function clusterName(namespace: string): string {
  return namespace === appName ? appName : `${appName}-${namespace}`;
}
