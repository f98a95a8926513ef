import type { Clock } from '../core/clock.ts';
import type { Config } from '../core/config.ts';
import type { Logger } from '../core/log.ts';
import type { VolumeReading } from '../core/storage.ts';
import { stepCount, type TimeRange } from '../core/time-range.ts';
import { instantSamples } from './instant-samples.ts';
import type { Series } from './prometheus-answer.ts';
import { PrometheusClient } from './prometheus-client.ts';
import { askInParts } from './prometheus-split.ts';
import type { MetricSample } from './smart/metrics-text.ts';
import { cut, endedPart } from './stretch.ts';

/** Where it is read how full the volumes of pods are. */
export interface VolumeSource {
  /** The volumes that are mounted now, each once. Throws SOURCE_UNAVAILABLE, SOURCE_LIMIT. */
  read(signal?: AbortSignal): Promise<readonly VolumeReading[]>;
  /** The same at each step of a range that has measurements, oldest first. */
  history(range: TimeRange, signal?: AbortSignal): AsyncIterable<readonly VolumeReading[]>;
  close(): void;
}

export interface VolumeSourceOptions {
  readonly config: Config['source'];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random?: () => number;
}

// A volume that several pods of a node mount is there once, one that several nodes mount as often as there are nodes: the fullest view of it counts.
const used = 'max by (namespace, persistentvolumeclaim) (kubelet_volume_stats_used_bytes{$selector})';
const capacity = 'max by (namespace, persistentvolumeclaim) (kubelet_volume_stats_capacity_bytes{$selector})';
const measuredAt = 'max by (namespace, persistentvolumeclaim) (timestamp(kubelet_volume_stats_used_bytes{$selector}))';
const mostAnswerBytes = 96 * 2 ** 20;
const stretchSteps = 48;

/** The volumes as kubelet reports them, by the Prometheus of `source`; undefined where the source is none. Volumes in block mode have no file system, and are not there. */
export function openVolumeSource(options: VolumeSourceOptions): VolumeSource | undefined {
  const { config, logger, clock, random = Math.random } = options;
  if (config.kind !== 'prometheus') return undefined;
  const client = new PrometheusClient({ config, logger, maxAnswerBytes: mostAnswerBytes, random });
  return new PrometheusVolumes(client, config.selector, clock);
}

class PrometheusVolumes implements VolumeSource {
  readonly #client: PrometheusClient;
  readonly #selector: string;
  readonly #clock: Clock;

  constructor(client: PrometheusClient, selector: string, clock: Clock) {
    this.#client = client;
    this.#selector = selector;
    this.#clock = clock;
  }

  async read(signal?: AbortSignal): Promise<readonly VolumeReading[]> {
    const now = this.#clock.nowSeconds();
    const ask = async (query: string): Promise<ReadonlyMap<string, number>> =>
      valuesOf(await instantSamples(this.#client, { query, selector: this.#selector, timeSeconds: now, signal }));
    const [usedBytes, capacityBytes, times] = await Promise.all([ask(used), ask(capacity), ask(measuredAt)]);
    return readingsOf(usedBytes, capacityBytes, (key) => times.get(key) ?? now);
  }

  async *history(range: TimeRange, signal?: AbortSignal): AsyncGenerator<readonly VolumeReading[]> {
    let rest = endedPart(range, this.#clock.nowSeconds());
    while (stepCount(rest) > 0) {
      const [head, tail] = cut(rest, stretchSteps);
      const [usedBytes, capacityBytes] = await Promise.all([
        this.#each(used, head, signal),
        this.#each(capacity, head, signal),
      ]);
      for (const [time, atTime] of [...usedBytes].toSorted(([a], [b]) => a - b)) {
        yield readingsOf(atTime, capacityBytes.get(time) ?? new Map(), () => time);
      }
      rest = tail;
    }
  }

  close(): void {
    this.#client.close();
  }

  async #each(
    query: string,
    range: TimeRange,
    signal: AbortSignal | undefined,
  ): Promise<ReadonlyMap<number, ReadonlyMap<string, number>>> {
    const asking = { client: this.#client, selector: this.#selector, scrapeSeconds: undefined, signal };
    const { series } = await askInParts(asking, { query, kind: 'each-step', range, isByNamespace: true });
    return byTime(series);
  }
}

function readingsOf(
  usedBytes: ReadonlyMap<string, number>,
  capacityBytes: ReadonlyMap<string, number>,
  timeOf: (key: string) => number,
): VolumeReading[] {
  return [...usedBytes].flatMap(([key, bytes]) => {
    const whole = capacityBytes.get(key) ?? Number.NaN;
    const [namespace = '', claim = ''] = key.split('/');
    // Sizes that kubelet could not tell are 0.
    if (!(bytes >= 0 && whole > 0) || namespace === '' || claim === '') return [];
    return [{ timeSeconds: timeOf(key), namespace, claim, usedBytes: bytes, capacityBytes: whole }];
  });
}

function valuesOf(samples: readonly MetricSample[]): Map<string, number> {
  return new Map(samples.map(({ labels, value }) => [keyOf(labels), value]));
}

function byTime(series: readonly Series[]): Map<number, Map<string, number>> {
  const times = new Map<number, Map<string, number>>();
  for (const { labels, samples } of series) {
    const key = keyOf(labels);
    for (const [time, value] of samples) {
      const at = times.get(time) ?? new Map<string, number>();
      times.set(time, at.set(key, value));
    }
  }
  return times;
}

function keyOf({ namespace = '', persistentvolumeclaim: claim = '' }: Readonly<Record<string, string>>): string {
  return `${namespace}/${claim}`;
}
