import type { Clock } from '../core/clock.ts';
import type { PrometheusConfig } from '../core/config.ts';
import type { Logger } from '../core/log.ts';
import { stepCount, type TimeRange } from '../core/time-range.ts';
import { seriesOf } from './prometheus-answer.ts';
import { PrometheusClient } from './prometheus-client.ts';
import { Owners } from './prometheus-owners.ts';
import { fillIn, type Queries, queriesOf } from './prometheus-queries.ts';
import { readStretch, type Stretch } from './prometheus-stretch.ts';
import type { Source, UsageBatch } from './source.ts';
import { cut, endedPart, StretchLength } from './stretch.ts';

export interface PrometheusSourceOptions {
  readonly config: PrometheusConfig;
  /** The usual step, which how much is read at once starts from. */
  readonly stepSeconds: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** About how many values are read at once. */
  readonly targetSamples?: number;
  readonly maxAnswerBytes?: number;
  readonly random?: () => number;
}

const secondsADay = 86_400;
/** Intervals between scrapes change so seldom that one look holds for this long. */
const intervalHoldsSeconds = 6 * 3600;
const intervalSteps = 4;

/**
 * Usage by the Prometheus HTTP API (Prometheus, Thanos, Mimir, VictoriaMetrics) with cAdvisor and kube-state-metrics. Reads stretch by stretch, each as
 * long as its answers stay small, and splits what the server refuses as too much. Steps that have not ended yet are left out.
 */
export function createPrometheusSource(options: PrometheusSourceOptions): Source {
  return new PrometheusSource(options);
}

class PrometheusSource implements Source {
  readonly kind = 'prometheus';
  readonly #options: PrometheusSourceOptions;
  readonly #queries: Queries;
  readonly #client: PrometheusClient;
  readonly #owners = new Owners();
  #interval: { readonly atSeconds: number; readonly seconds: number | undefined } | undefined;

  constructor(options: PrometheusSourceOptions) {
    const { config, logger, maxAnswerBytes = 96 * 2 ** 20, random = Math.random } = options;
    this.#options = options;
    this.#queries = queriesOf(config);
    this.#client = new PrometheusClient({ config, logger, maxAnswerBytes, random });
  }

  async *read(range: TimeRange, signal?: AbortSignal): AsyncGenerator<UsageBatch> {
    const { targetSamples = 400_000, clock, stepSeconds } = this.#options;
    const firstSteps = Math.max(1, Math.round(3600 / stepSeconds));
    const length = new StretchLength(targetSamples, firstSteps, secondsADay / range.stepSeconds);
    let rest = endedPart(range, clock.nowSeconds());
    while (stepCount(rest) > 0) {
      signal?.throwIfAborted();
      const [head, tail] = cut(rest, length.steps);
      const { batch, samples, isSplit } = await this.#readStretch(head, signal);
      length.learn(stepCount(head), samples, isSplit);
      yield batch;
      rest = tail;
    }
  }

  async close(): Promise<void> {
    this.#client.close();
  }

  async #readStretch(range: TimeRange, signal: AbortSignal | undefined): Promise<Stretch> {
    const { config, clock } = this.#options;
    const scrapeSeconds = await this.#scrapeSeconds(range, signal);
    const asking = { client: this.#client, selector: config.selector, scrapeSeconds, signal };
    return readStretch(asking, this.#queries, this.#owners, range, clock.nowSeconds());
  }

  /** How often containers are scraped; undefined when there is nothing to tell it from. */
  async #scrapeSeconds(
    { endSeconds, stepSeconds }: TimeRange,
    signal: AbortSignal | undefined,
  ): Promise<number | undefined> {
    const held = this.#interval;
    if (held?.seconds !== undefined && Math.abs(endSeconds - held.atSeconds) < intervalHoldsSeconds)
      return held.seconds;
    const query = fillIn(this.#queries.scrapeInterval, {
      selector: this.#options.config.selector,
      namespaces: undefined,
      stepSeconds,
      scrapeSeconds: undefined,
      windowSeconds: intervalSteps * stepSeconds,
    });
    const form = { query, time: String(endSeconds) };
    const reply = await this.#client.ask({ path: 'api/v1/query', form, isDivisible: true }, signal);
    const value = reply.kind === 'data' ? seriesOf(reply.data)?.[0]?.samples[0]?.[1] : undefined;
    const seconds = value !== undefined && value > 0 && Number.isFinite(value) ? value : held?.seconds;
    this.#interval = { atSeconds: endSeconds, seconds };
    return seconds;
  }
}
