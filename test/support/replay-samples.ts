import type { ReplayOwner, ReplayPod, ReplayUsage, ReplayWorld } from './replay-world.ts';

/** `metric{labels}` and its value. */
export type ReplaySample = readonly [series: string, value: number];

/**
 * Turns usage into the metrics of cAdvisor (counters of CPU seconds, gauges of memory) and of kube-state-metrics. Keeps the counters: steps must come in their
 * order. A pod that is gone and comes again starts at zero.
 */
export class ReplaySamples {
  readonly #stepSeconds: number;
  #counters = new Map<string, number>();

  constructor(stepSeconds: number) {
    this.#stepSeconds = stepSeconds;
  }

  /** All samples of the step that ends at `timeSeconds`; `hasInfo` says whether those of kube-state-metrics are among them. */
  step({ pods, nodes }: ReplayWorld, timeSeconds: number, hasInfo: boolean): ReplaySample[] {
    const samples: ReplaySample[] = [];
    const counters = new Map<string, number>();
    const onNodes = new Map<string, ReplayUsage>();
    const put = (labels: string, { cpuMillicores, memoryBytes }: ReplayUsage): void => {
      const seconds = (this.#counters.get(labels) ?? 0) + (cpuMillicores / 1000) * this.#stepSeconds;
      counters.set(labels, seconds);
      samples.push([`container_cpu_usage_seconds_total{${labels}}`, seconds]);
      samples.push([`container_memory_working_set_bytes{${labels}}`, memoryBytes]);
    };
    for (const pod of pods) {
      const usage = pod.usage(timeSeconds);
      onNodes.set(pod.node, sum(onNodes.get(pod.node), usage));
      const { namespace, name, container, node } = pod;
      const id = `/kubepods.slice/${namespace}/${name}/${container}`;
      put(labelsOf({ namespace, pod: name, container, node, id, name: `k8s_${container}`, image: 'app' }), usage);
    }
    for (const { name, base } of nodes) {
      put(labelsOf({ id: '/', node: name }), sum(onNodes.get(name), base(timeSeconds)));
    }
    this.#counters = counters;
    if (hasInfo) samples.push(...infoOf(pods), ...nodes.map(({ name }) => info('kube_node_info', { node: name })));
    return samples;
  }
}

/** Labels as they stand between the braces. */
export function labelsOf(labels: Readonly<Record<string, string>>): string {
  const escaped = (value: string): string =>
    value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');
}

function infoOf(pods: readonly ReplayPod[]): ReplaySample[] {
  const controllers = new Map<string, ReplaySample>();
  const samples = pods.flatMap(({ namespace, name, owner, topOwner, container, node }) => {
    if (owner !== undefined) {
      const metric = owner.kind === 'Job' ? 'kube_job_owner' : 'kube_replicaset_owner';
      const label = owner.kind === 'Job' ? 'job_name' : 'replicaset';
      const key = `${namespace}/${owner.kind}/${owner.name}`;
      const isOwnable = owner.kind === 'Job' || owner.kind === 'ReplicaSet';
      if (isOwnable) controllers.set(key, info(metric, { namespace, [label]: owner.name, ...ownerLabels(topOwner) }));
    }
    return [
      info('kube_pod_info', { namespace, pod: name, node }),
      info('kube_pod_container_info', { namespace, pod: name, container }),
      info('kube_pod_owner', { namespace, pod: name, ...ownerLabels(owner) }),
    ];
  });
  return [...samples, ...controllers.values()];
}

/** kube-state-metrics gives objects without an owner these labels, empty. */
function ownerLabels(owner: ReplayOwner | undefined): Record<string, string> {
  const isController = owner === undefined ? '' : 'true';
  return { owner_kind: owner?.kind ?? '', owner_name: owner?.name ?? '', owner_is_controller: isController };
}

function info(metric: string, labels: Readonly<Record<string, string>>): ReplaySample {
  return [`${metric}{${labelsOf(labels)}}`, 1];
}

function sum(a: ReplayUsage | undefined, b: ReplayUsage): ReplayUsage {
  if (a === undefined) return b;
  return { cpuMillicores: a.cpuMillicores + b.cpuMillicores, memoryBytes: a.memoryBytes + b.memoryBytes };
}
