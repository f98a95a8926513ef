/** Reviews of pods that are created, as the API server sends them: each of another workload, with objectives, to be sized at once. */
export function reviewsOf(count: number, ofWorkloads: number): readonly Buffer[] {
  return Array.from({ length: count }, (_, at) => {
    const name = workloadName(Math.floor((at * ofWorkloads) / count));
    return Buffer.from(`${JSON.stringify(reviewOf(name, at))}\n`);
  });
}

/** The Deployment of that place in the service's knowledge. */
export function workloadName(at: number): string {
  return `app-${String(at).padStart(5, '0')}`;
}

const pods = { group: '', version: 'v1', kind: 'Pod' };
const resource = { group: '', version: 'v1', resource: 'pods' };

function reviewOf(name: string, at: number): object {
  return {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid: `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`,
      kind: pods,
      resource,
      requestKind: pods,
      requestResource: resource,
      namespace: 'vpa',
      operation: 'CREATE',
      userInfo: {
        username: 'system:serviceaccount:kube-system:replicaset-controller',
        groups: ['system:authenticated'],
      },
      object: podOf(name, at),
      oldObject: null,
      dryRun: false,
      options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
    },
  };
}

function podOf(name: string, at: number): object {
  const controller = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    name: `${name}-7c9d8b6f5d`,
    uid: '1',
    controller: true,
  };
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      generateName: `${name}-7c9d8b6f5d-`,
      namespace: 'vpa',
      labels: { app: name, 'pod-template-hash': '7c9d8b6f5d' },
      annotations: { 'slo.barograph.dev/cpu-exceeded': '1%', 'slo.barograph.dev/memory-exceeded': '0.1%', at: `${at}` },
      ownerReferences: [controller],
    },
    spec: {
      containers: [containerOf('main', '250m', '256Mi'), containerOf('proxy', '100m', '64Mi')],
      volumes: [{ name: 'token', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }],
      restartPolicy: 'Always',
      tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', tolerationSeconds: 300 }],
      schedulerName: 'default-scheduler',
    },
    status: {},
  };
}

function containerOf(name: string, cpu: string, memory: string): object {
  return {
    name,
    image: `registry.example.com/shop/${name}@sha256:${'4e1243bd'.repeat(8)}`,
    env: [{ name: 'LOG_LEVEL', value: 'info' }],
    ports: [{ containerPort: 8080, name: 'http', protocol: 'TCP' }],
    resources: { requests: { cpu, memory }, limits: { memory: '512Mi' } },
    readinessProbe: { httpGet: { path: '/healthz', port: 'http', scheme: 'HTTP' }, periodSeconds: 10 },
    volumeMounts: [{ mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', name: 'token', readOnly: true }],
  };
}
