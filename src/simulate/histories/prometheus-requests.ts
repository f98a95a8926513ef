import { seriesOf } from '../../collect/prometheus-answer.ts';
import { PrometheusClient } from '../../collect/prometheus-client.ts';
import type { PrometheusConfig } from '../../core/config.ts';
import type { Logger } from '../../core/log.ts';
import type { PerResource } from '../../core/resource.ts';

const maxAnswerBytes = 96 * 2 ** 20;

/**
 * What containers request, as kube-state-metrics says it: the newest in the window, of several pods of a workload the most. `pods` says which container a
 * pod's container belongs to. Containers without a request of both resources are left out. Throws SOURCE_UNAVAILABLE.
 */
export async function readPrometheusRequests(
  options: { readonly config: PrometheusConfig; readonly logger: Logger; readonly random?: () => number },
  atSeconds: number,
  windowSeconds: number,
  pods: ReadonlyMap<string, string>,
): Promise<Map<string, PerResource<number>>> {
  const { config, logger, random = Math.random } = options;
  const client = new PrometheusClient({ config, logger, maxAnswerBytes, random });
  const matchers = ['resource=~"cpu|memory"', config.selector].filter((one) => one !== '').join(',');
  const requested = `last_over_time(kube_pod_container_resource_requests{${matchers}}[${Math.ceil(windowSeconds)}s])`;
  const query = `max by (namespace, pod, container, resource) (${requested})`;
  const found = new Map<string, { cpu: number; memory: number }>();
  try {
    const form = { query, time: String(atSeconds) };
    const reply = await client.ask({ path: 'api/v1/query', form, isDivisible: false }, undefined);
    for (const { labels, samples } of (reply.kind === 'data' ? seriesOf(reply.data) : undefined) ?? []) {
      const id = pods.get(`${labels.namespace}/${labels.pod}/${labels.container}`);
      const value = samples.at(-1)?.[1];
      if (id === undefined || value === undefined) continue;
      const held = found.get(id) ?? { cpu: 0, memory: 0 };
      found.set(id, held);
      if (labels.resource === 'cpu') held.cpu = Math.max(held.cpu, value * 1000);
      else held.memory = Math.max(held.memory, value);
    }
  } finally {
    client.close();
  }
  return new Map([...found].filter(([, { cpu, memory }]) => cpu > 0 && memory > 0));
}
