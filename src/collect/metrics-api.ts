import type { Connection } from '../cluster/connection.ts';
import type { Clock } from '../core/clock.ts';
import { BarographError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { stepCount, type TimeRange } from '../core/time-range.ts';
import { type HeldName, HeldSamples } from './held-samples.ts';
import { type NewestSample, readNodeMetrics, readPodMetrics } from './metrics-api-read.ts';
import { PodWorkloads } from './pod-workloads.ts';
import type { Source, UsageBatch } from './source.ts';
import { cut, endedPart } from './stretch.ts';

export interface MetricsApiOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How often, by the machine's clock, the newest samples are asked for. */
  readonly pollSeconds: number;
  /** How long samples are kept. */
  readonly keepSeconds?: number;
  /** How often the controllers and nodes of new pods are asked for at most. */
  readonly refreshSeconds?: number;
}

/** A source that can be told to look now. */
export interface MetricsApiSource extends Source {
  /** Asks for the newest samples. Throws SOURCE_UNAVAILABLE. */
  poll(signal?: AbortSignal): Promise<void>;
}

/** Answers that come later than this are missed measurements anyway. */
const mostPollSeconds = 60;

/**
 * Usage by metrics.k8s.io (metrics-server), which knows the newest sample alone and no history: from the first read on it is asked again and again, and what it
 * says is kept for some hours. A stretch before that has no series.
 */
export function createMetricsApiSource(options: MetricsApiOptions): MetricsApiSource {
  return new PolledSource(options);
}

class PolledSource implements MetricsApiSource {
  readonly kind = 'metrics-api';
  readonly #options: MetricsApiOptions;
  readonly #workloads: PodWorkloads;
  readonly #held = new HeldSamples();
  readonly #closing = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #polling: Promise<void> | undefined;
  #succeededAt = Number.NEGATIVE_INFINITY;

  constructor(options: MetricsApiOptions) {
    this.#options = options;
    this.#workloads = new PodWorkloads(options.connection, options.refreshSeconds ?? 60);
  }

  async *read(range: TimeRange, signal?: AbortSignal): AsyncGenerator<UsageBatch> {
    signal?.throwIfAborted();
    this.#start();
    const { pollSeconds, clock } = this.#options;
    if (performance.now() - this.#succeededAt > pollSeconds * 1000) await this.poll(signal);
    const ended = endedPart(range, clock.nowSeconds());
    const ahead = Math.floor((this.#held.oldestSeconds - ended.startSeconds) / ended.stepSeconds - 1e-9);
    for (const part of cut(ended, Math.max(0, ahead))) if (stepCount(part) > 0) yield this.#held.batch(part);
  }

  async poll(signal?: AbortSignal): Promise<void> {
    // The one under way answers too.
    this.#polling ??= this.#poll(signal).finally(() => {
      this.#polling = undefined;
    });
    return this.#polling;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#closing.abort();
    await this.#polling?.catch(() => undefined);
  }

  #start(): void {
    const { pollSeconds, logger } = this.#options;
    if (this.#closing.signal.aborted || this.#timer !== undefined) return;
    const poll = (): void => {
      this.poll().catch((error: unknown) => {
        if (!this.#closing.signal.aborted) logger.warn({ error }, 'the newest samples could not be read');
      });
    };
    this.#timer = setInterval(poll, pollSeconds * 1000).unref();
  }

  async #poll(signal: AbortSignal | undefined): Promise<void> {
    const { connection, clock, keepSeconds = 2 * 3600 } = this.#options;
    const limit = AbortSignal.timeout(mostPollSeconds * 1000);
    const either = AbortSignal.any([limit, this.#closing.signal, ...(signal === undefined ? [] : [signal])]);
    try {
      const pods = await readPodMetrics(connection, either);
      const nodes = await readNodeMetrics(connection, either);
      await this.#workloads.learn(new Set(pods.map(({ namespace, name }) => `${namespace}/${name}`)), either);
      for (const sample of pods) this.#held.put(this.#containerName(sample), sample);
      for (const sample of nodes) this.#held.put({ kind: 'node', node: sample.name }, sample);
    } catch (cause) {
      signal?.throwIfAborted();
      if (cause instanceof BarographError && cause.code === 'SOURCE_UNAVAILABLE') throw cause;
      throw new BarographError('SOURCE_UNAVAILABLE', `expected metrics.k8s.io of ${connection.server} to answer`, {
        cause,
      });
    }
    this.#succeededAt = performance.now();
    this.#held.forgetBefore(clock.nowSeconds() - keepSeconds);
  }

  #containerName({ namespace, name: pod, container }: NewestSample): HeldName {
    const { workload, node } = this.#workloads.placeOf(namespace, pod);
    return { kind: 'container', key: { ...workload, container }, pod, node };
  }
}
