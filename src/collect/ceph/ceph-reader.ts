import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/log.ts';
import type { CephReading } from '../../core/storage.ts';
import { assemble } from './assemble.ts';
import type { CephMetrics } from './ceph-metrics.ts';
import type { ClusterSample } from './cluster-sample.ts';
import { type ClusterRates, CounterMemory } from './counter-memory.ts';
import type { CephDisks } from './disks.ts';
import type { DeviceOfOsd } from './documents.ts';
import type { HeldMap } from './held-map.ts';
import { refusePartial } from './whole-enough.ts';

export interface CephReaderOptions {
  readonly name: string;
  readonly metrics: CephMetrics;
  readonly map: HeldMap | undefined;
  readonly disks: CephDisks;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Between the first two measurements. */
  readonly firstIntervalSeconds: number;
}

/** A manager collects every 15 s unless told otherwise. */
const firstTries = 7;

interface Last {
  readonly sample: ClusterSample;
  readonly rates: ClusterRates;
  /** undefined until there is one: of the first sample, and where the map could not be read. */
  readonly reading: CephReading | undefined;
}

/** Reads a cluster look by look: metrics, rates since the look before, the map, the disks. */
export class CephReader {
  readonly kind: string;
  readonly #options: CephReaderOptions;
  readonly #counters = new CounterMemory();
  #last: Last | undefined;

  constructor(options: CephReaderOptions) {
    this.kind = options.metrics.kind;
    this.#options = options;
  }

  async read(signal?: AbortSignal): Promise<CephReading> {
    if (this.#last === undefined) await this.#first(signal);
    const sample = await this.#sample(signal);
    const last = this.#last;
    if (last?.sample === sample && last.reading !== undefined) return last.reading;
    const rates = last?.sample === sample ? last.rates : this.#counters.take(sample);
    this.#last = { sample, rates, reading: undefined };
    const { map, disks } = this.#options;
    const reading = assemble({
      sample,
      rates,
      map: await map?.read({ pools: sample.pools.keys(), checks: sample.checks.map(({ code }) => code) }, signal),
      disks: await disks.read(devicesOf(sample), signal),
    });
    this.#last = { sample, rates, reading };
    return reading;
  }

  async close(): Promise<void> {
    const { metrics, map, disks } = this.#options;
    metrics.close();
    map?.close();
    disks.close();
  }

  /** Rates need two measurements: takes one of a while ago where the source has it, else waits until there is a second one. */
  async #first(signal: AbortSignal | undefined): Promise<void> {
    const earlier = await this.#options.metrics.earlier?.(signal);
    const sample = earlier ?? (await this.#sample(signal));
    this.#last = { sample, rates: this.#counters.take(sample), reading: undefined };
    for (let tries = 0; earlier === undefined && tries < firstTries; tries += 1) {
      await sleep(this.#options.firstIntervalSeconds * 1000, undefined, { signal });
      if ((await this.#sample(signal)) !== sample) return;
    }
  }

  async #sample(signal: AbortSignal | undefined): Promise<ClusterSample> {
    const sample = await this.#options.metrics.sample(signal);
    refusePartial(sample, this.#options.name);
    return sample;
  }
}

function devicesOf({ osds }: ClusterSample): DeviceOfOsd[] {
  return [...osds.values()].flatMap(({ id: osd, deviceIds }) => deviceIds.map((id) => ({ id, osd })));
}
