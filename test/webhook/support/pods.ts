/** Pods as the API server sends them to webhooks; only what matters here. */
export interface TestPod {
  metadata: {
    name?: string;
    generateName?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: object[];
  };
  spec: {
    containers: TestContainer[];
    initContainers?: TestContainer[];
    overhead?: Record<string, string>;
    [key: string]: unknown;
  };
}

export interface TestContainer {
  name: string;
  restartPolicy?: string;
  resources?: { requests?: Record<string, string>; limits?: Record<string, string>; [key: string]: unknown };
  [key: string]: unknown;
}

/** As `<requests> / <limits>`, each `cpu memory`: `100m 128Mi / 200m 256Mi`; `-` for what is not written. */
export function container(name: string, text = '- -', more: Partial<TestContainer> = {}): TestContainer {
  const [requests, limits] = text.split('/').map(resourceList);
  const resources = { ...(requests && { requests }), ...(limits && { limits }) };
  return { name, image: 'example.com/app:1', ...(requests || limits ? { resources } : {}), ...more };
}

function resourceList(text: string): Record<string, string> | undefined {
  const [cpu = '-', memory = '-'] = text.trim().split(/\s+/);
  const list = { ...(cpu === '-' ? {} : { cpu }), ...(memory === '-' ? {} : { memory }) };
  return Object.keys(list).length === 0 ? undefined : list;
}

/** A pod of Deployment `web` with objectives. */
export function podOf(containers: TestContainer[], changes: Partial<TestPod['spec']> = {}): TestPod {
  return {
    metadata: {
      generateName: 'web-7d4b9c-',
      labels: { 'pod-template-hash': '7d4b9c' },
      annotations: { 'slo.barograph.dev/cpu-exceeded': '1%', 'slo.barograph.dev/memory-exceeded': '0.1%' },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-7d4b9c', uid: 'uid-of-rs', controller: true },
      ],
    },
    spec: { containers, ...changes },
  };
}

/** The same pod with more annotations; undefined takes one away. */
export function annotated(pod: TestPod, annotations: Record<string, string | undefined>): TestPod {
  const all = { ...pod.metadata.annotations, ...annotations };
  const kept = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...pod, metadata: { ...pod.metadata, annotations: Object.fromEntries(kept) } };
}

/** What `container()` reads, back: `100m 128Mi / 200m 256Mi`. */
export function written({ resources }: TestContainer): string {
  const list = (of: Record<string, string> | undefined): string => `${of?.cpu ?? '-'} ${of?.memory ?? '-'}`;
  const requests = list(resources?.requests);
  return resources?.limits === undefined ? requests : `${requests} / ${list(resources.limits)}`;
}
