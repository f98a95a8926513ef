import type { Clock } from '../../core/clock.ts';
import type { CephMetricsConfig } from '../../core/config.ts';
import { BarographError, describeError } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import { type MetricSample, samplesNamed } from '../smart/metrics-text.ts';
import type { CephMetrics } from './ceph-metrics.ts';
import { type ClusterSample, clusterSampleOf } from './cluster-sample.ts';
import { cephMetricNames } from './metric-names.ts';
import { MetricsPage } from './page.ts';

export interface MgrMetricsOptions {
  readonly config: Extract<CephMetricsConfig, { kind: 'mgr' }>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
}

/** How often a manager collected its metrics: with its cache on (every 15 s) several answers are of one collection. */
const collections = 'ceph_prometheus_collect_duration_seconds_count';
const wanted: ReadonlySet<string> = new Set([...cephMetricNames, collections]);

interface Page {
  readonly address: string;
  readonly samples: readonly MetricSample[];
}

/** The pages of the managers' prometheus module, and of ceph-exporter where there is one. */
export class MgrMetrics implements CephMetrics {
  readonly kind = 'mgr';
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #managers: MetricsPage[];
  readonly #exporters: readonly MetricsPage[];
  #last: { readonly collected: string | undefined; readonly sample: ClusterSample } | undefined;

  constructor({ config, clock, logger, random }: MgrMetricsOptions) {
    const open = (url: string): MetricsPage => new MetricsPage({ url, config, logger, random });
    this.#clock = clock;
    this.#logger = logger;
    this.#managers = config.urls.map(open);
    this.#exporters = config.exporters.map(open);
  }

  async sample(signal: AbortSignal | undefined): Promise<ClusterSample> {
    const { address, samples } = await this.#activeManager(signal);
    const timeSeconds = this.#clock.nowSeconds();
    const collected = collectionOf(address, samples);
    if (collected !== undefined && this.#last?.collected === collected) return this.#last.sample;
    const exported = await this.#exported(signal);
    const sample = clusterSampleOf([...samples, ...exported], { timeSeconds });
    this.#last = { collected, sample };
    return sample;
  }

  close(): void {
    for (const page of [...this.#managers, ...this.#exporters]) page.close();
  }

  /** The page of the one manager that is active; it is asked first the next time. */
  async #activeManager(signal: AbortSignal | undefined): Promise<Page> {
    const failures: unknown[] = [];
    for (const page of this.#managers) {
      try {
        const samples = [...samplesNamed(await page.read(signal, this.#managers.length > 1), wanted)];
        if (samples.some(({ name }) => name === 'ceph_health_status')) {
          this.#managers.sort((a, b) => Number(b === page) - Number(a === page));
          return { address: page.address, samples };
        }
        failures.push(this.#empty(page));
      } catch (error) {
        signal?.throwIfAborted();
        failures.push(error);
      }
    }
    const [first] = failures;
    if (failures.length === 1 && first instanceof BarographError) throw first;
    throw new BarographError(
      'SOURCE_UNAVAILABLE',
      `no manager of Ceph gives metrics: ${failures.map(describeError).join('; ')}`,
    );
  }

  #empty({ address }: MetricsPage): BarographError {
    return new BarographError(
      'SOURCE_UNAVAILABLE',
      `expected Ceph's metrics at ${address}, received a page without ceph_health_status, as standby managers send it: name all managers in storage.ceph.metrics.urls`,
    );
  }

  /** A host that does not answer costs the counters of its OSDs, not the reading. */
  async #exported(signal: AbortSignal | undefined): Promise<MetricSample[]> {
    const pages = await Promise.allSettled(this.#exporters.map((page) => page.read(signal, true)));
    signal?.throwIfAborted();
    return pages.flatMap((page) => {
      if (page.status === 'fulfilled') return [...samplesNamed(page.value, cephMetricNames)];
      this.#logger.warn({ error: page.reason }, 'a page of ceph-exporter cannot be read');
      return [];
    });
  }
}

/** What tells one collection of a manager from the next; undefined where it does not say. */
function collectionOf(address: string, samples: readonly MetricSample[]): string | undefined {
  const counts = samples.filter(({ name }) => name === collections);
  if (counts.length === 0) return undefined;
  return `${address} ${counts.map(({ labels, value }) => `${labels.method} ${value}`).join(', ')}`;
}
