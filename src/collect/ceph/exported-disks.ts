import type { Clock } from '../../core/clock.ts';
import type { CephDisksConfig, CephMetricsConfig } from '../../core/config.ts';
import type { DiskReading } from '../../core/disk.ts';
import type { Logger } from '../../core/log.ts';
import { instantSamples } from '../instant-samples.ts';
import { PrometheusClient } from '../prometheus-client.ts';
import { readSmartctlExporter, readSmartctlSamples } from '../smart/smartctl-exporter.ts';
import { type CephDisks, type DisksRead, noDisks } from './disks.ts';
import type { DeviceOfOsd } from './documents.ts';
import { matchDevices } from './match-devices.ts';
import { MetricsPage } from './page.ts';

export interface ExportedDisksOptions {
  readonly config: Extract<CephDisksConfig, { kind: 'exporter' }>;
  readonly metrics: CephMetricsConfig;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
}

const mostAnswerBytes = 96 * 2 ** 20;

/** The metrics of smartctl_exporter: its pages, or a Prometheus that scrapes them. */
export class ExportedDisks implements CephDisks {
  readonly #options: ExportedDisksOptions;
  readonly #pages: readonly MetricsPage[];
  readonly #client: PrometheusClient | undefined;
  #readings: readonly DiskReading[] = [];
  #nextSeconds = Number.NEGATIVE_INFINITY;

  constructor(options: ExportedDisksOptions) {
    const { config, metrics, logger, random } = options;
    this.#options = options;
    this.#pages = config.urls.map((url) => new MetricsPage({ url, config: metrics, logger, random }));
    const isAsked = config.urls.length === 0 && metrics.kind === 'prometheus';
    this.#client = isAsked
      ? new PrometheusClient({ config: metrics, logger, maxAnswerBytes: mostAnswerBytes, random })
      : undefined;
  }

  async read(devices: readonly DeviceOfOsd[], signal: AbortSignal | undefined): Promise<DisksRead> {
    const { config, clock, logger } = this.#options;
    const now = clock.nowSeconds();
    if (now >= this.#nextSeconds) {
      this.#nextSeconds = now + config.every;
      try {
        this.#readings = await this.#fetch(now, signal);
      } catch (error) {
        signal?.throwIfAborted();
        logger.warn({ error }, 'the metrics of smartctl_exporter cannot be read');
      }
    }
    if (this.#readings.length === 0) return noDisks;
    return {
      ...noDisks,
      newest: matchDevices(
        this.#readings,
        devices.map(({ id }) => id),
      ),
    };
  }

  close(): void {
    for (const page of this.#pages) page.close();
    this.#client?.close();
  }

  /** A host that does not answer is missing, the others are not. */
  async #fetch(now: number, signal: AbortSignal | undefined): Promise<readonly DiskReading[]> {
    const { metrics, logger } = this.#options;
    if (this.#client !== undefined && metrics.kind === 'prometheus') {
      const { selector } = metrics;
      const question = { query: '{__name__=~"smartctl_.+",$selector}', selector, timeSeconds: now, signal };
      const samples = await instantSamples(this.#client, question);
      const hosts = Map.groupBy(samples, ({ labels }) => labels.instance ?? '');
      return [...hosts.values()].flatMap((host) => readSmartctlSamples(host, now));
    }
    const pages = await Promise.allSettled(this.#pages.map((page) => page.read(signal, true)));
    signal?.throwIfAborted();
    return pages.flatMap((page) => {
      if (page.status === 'fulfilled') return readSmartctlExporter(page.value, now);
      logger.warn({ error: page.reason }, 'a page of smartctl_exporter cannot be read');
      return [];
    });
  }
}
