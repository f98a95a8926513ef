import type { Clock } from '../../core/clock.ts';
import type { CephMetricsConfig } from '../../core/config.ts';
import type { Logger } from '../../core/log.ts';
import type { CephReading } from '../../core/storage.ts';
import type { TimeRange } from '../../core/time-range.ts';
import { PrometheusClient } from '../prometheus-client.ts';
import { CephReader } from './ceph-reader.ts';
import type { CephDisks } from './disks.ts';
import type { HeldMap } from './held-map.ts';
import { readHistory } from './history.ts';
import { PrometheusMetrics } from './prometheus-metrics.ts';

export interface PrometheusCephOptions {
  readonly config: Extract<CephMetricsConfig, { kind: 'prometheus' }>;
  readonly name: string;
  readonly map: HeldMap | undefined;
  readonly disks: CephDisks;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  readonly firstIntervalSeconds: number;
}

const mostAnswerBytes = 96 * 2 ** 20;

/** A Ceph cluster whose metrics a Prometheus (or Thanos, Mimir, VictoriaMetrics) keeps: with what was measured before. */
export class PrometheusCeph {
  readonly kind = 'prometheus';
  readonly #options: PrometheusCephOptions;
  readonly #client: PrometheusClient;
  readonly #reader: CephReader;

  constructor(options: PrometheusCephOptions) {
    const { config, logger, random, clock } = options;
    this.#options = options;
    this.#client = new PrometheusClient({ config, logger, maxAnswerBytes: mostAnswerBytes, random });
    this.#reader = new CephReader({ ...options, metrics: new PrometheusMetrics(this.#client, config.selector, clock) });
  }

  read(signal?: AbortSignal): Promise<CephReading> {
    return this.#reader.read(signal);
  }

  async *history(range: TimeRange, stepSeconds: number, signal?: AbortSignal): AsyncGenerator<CephReading> {
    const { map, config, clock } = this.#options;
    const inHand = await map?.read({ pools: [], checks: [] }, signal);
    const endSeconds = Math.min(range.endSeconds, clock.nowSeconds());
    const asked = { ...range, endSeconds, stepSeconds };
    yield* readHistory({ client: this.#client, selector: config.selector, map: inHand, signal }, asked);
  }

  close(): Promise<void> {
    return this.#reader.close();
  }
}
