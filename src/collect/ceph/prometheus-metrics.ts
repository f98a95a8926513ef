import type { Clock } from '../../core/clock.ts';
import { instantSamples } from '../instant-samples.ts';
import type { PrometheusClient } from '../prometheus-client.ts';
import type { MetricSample } from '../smart/metrics-text.ts';
import type { CephMetrics } from './ceph-metrics.ts';
import { type ClusterSample, clusterSampleOf } from './cluster-sample.ts';
import { cephMetricNames } from './metric-names.ts';
import { partialBecause } from './whole-enough.ts';

/** Everything that is read, by one question. */
export const everyMetric = `{__name__=~"${[...cephMetricNames].join('|')}",$selector}`;
/** When the managers were scraped. */
export const measuredAt = 'max(timestamp(ceph_health_status{$selector}))';
// From Ceph 17.2.7 on the counters of OSDs come from an exporter on each host, which is scraped at a time of its own.
const countedAt = 'max by (ceph_daemon) (timestamp(ceph_osd_op_w{$selector}))';
const earlierSeconds = 60;

/** The metrics of a cluster as a Prometheus has them. */
export class PrometheusMetrics implements CephMetrics {
  readonly kind = 'prometheus';
  readonly #client: PrometheusClient;
  readonly #selector: string;
  readonly #clock: Clock;
  #last: ClusterSample | undefined;

  constructor(client: PrometheusClient, selector: string, clock: Clock) {
    this.#client = client;
    this.#selector = selector;
    this.#clock = clock;
  }

  async sample(signal: AbortSignal | undefined): Promise<ClusterSample> {
    const sample = await this.#at(this.#clock.nowSeconds(), signal);
    if (sample.timeSeconds !== this.#last?.timeSeconds) this.#last = sample;
    return this.#last;
  }

  async earlier(signal: AbortSignal | undefined): Promise<ClusterSample | undefined> {
    const sample = await this.#at(this.#clock.nowSeconds() - earlierSeconds, signal);
    return partialBecause(sample) === undefined ? sample : undefined;
  }

  close(): void {
    this.#client.close();
  }

  async #at(seconds: number, signal: AbortSignal | undefined): Promise<ClusterSample> {
    const ask = (query: string): Promise<readonly MetricSample[]> =>
      instantSamples(this.#client, { query, selector: this.#selector, timeSeconds: seconds, signal });
    const [samples, measured, counted] = await Promise.all([ask(everyMetric), ask(measuredAt), ask(countedAt)]);
    const timeSeconds = measured[0]?.value ?? seconds;
    return clusterSampleOf(samples, { timeSeconds, counted: timesByOsd(counted) });
  }
}

function timesByOsd(samples: readonly MetricSample[]): Map<number, number> {
  return new Map(
    samples.flatMap(({ labels, value }) => {
      const [, id] = /^osd\.(\d+)$/.exec(labels.ceph_daemon ?? '') ?? [];
      return id === undefined || !Number.isFinite(value) ? [] : [[Number(id), value] as const];
    }),
  );
}
