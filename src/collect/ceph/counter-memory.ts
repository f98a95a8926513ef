import type { IoRates, OsdReading } from '../../core/storage.ts';
import type { ClusterSample, IoCounters, OsdSample, PoolSample } from './cluster-sample.ts';

export type OsdRates = Pick<OsdReading, 'rates' | 'readLatencySeconds' | 'writeLatencySeconds'>;

/** What happened in a second, of every pool and OSD of a sample. */
export interface ClusterRates {
  readonly pools: ReadonlyMap<number, IoRates>;
  readonly osds: ReadonlyMap<number, OsdRates>;
}

interface Counted<T> {
  readonly seconds: number;
  readonly sample: T;
}

const unknown: IoRates = { readOps: Number.NaN, writeOps: Number.NaN, readBytes: Number.NaN, writeBytes: Number.NaN };

/** Turns counters into rates: each pool and OSD against its own measurement before, which may be of more than one sample ago. */
export class CounterMemory {
  readonly #pools = new Map<number, Counted<PoolSample>>();
  readonly #osds = new Map<number, Counted<OsdSample>>();

  /** The rates since the sample before; all NaN for the first. Samples come in ascending time. */
  take({ timeSeconds, pools, osds }: ClusterSample): ClusterRates {
    const rates = {
      pools: new Map([...pools].map(([id, pool]) => [id, this.#poolRates(timeSeconds, pool)])),
      osds: new Map([...osds].map(([id, osd]) => [id, this.#osdRates(osd)])),
    };
    for (const id of this.#pools.keys()) if (!pools.has(id)) this.#pools.delete(id);
    for (const id of this.#osds.keys()) if (!osds.has(id)) this.#osds.delete(id);
    return rates;
  }

  /**
   * A pool's counters are sums over its placement groups. While some of them are not known to the manager, or after one was counted anew, the sum falls, and
   * rises again by more than was done: neither says anything of this interval.
   */
  #poolRates(seconds: number, sample: PoolSample): IoRates {
    if (sample.placementGroups.unknown > 0) {
      this.#pools.delete(sample.id);
      return unknown;
    }
    const before = this.#pools.get(sample.id);
    if (!isComplete(sample.counters)) return unknown;
    if (before !== undefined && seconds <= before.seconds) return unknown;
    this.#pools.set(sample.id, { seconds, sample });
    if (before === undefined || fell(before.sample.counters, sample.counters)) return unknown;
    return ratesOf(before.sample.counters, sample.counters, seconds - before.seconds);
  }

  /** An OSD counts from 0 when its process starts: what it shows then was done since, within the interval. */
  #osdRates(sample: OsdSample): OsdRates {
    const before = this.#osds.get(sample.id);
    const seconds = sample.countedSeconds;
    const isNew = before === undefined || seconds > before.seconds;
    if (!isComplete(sample.counters) || !isNew || !isComplete(sample.latency)) return noRates;
    this.#osds.set(sample.id, { seconds, sample });
    if (before === undefined) return noRates;
    const isRestarted = fell(before.sample.counters, sample.counters) || fell(before.sample.latency, sample.latency);
    const from = isRestarted ? zero : before.sample;
    return {
      rates: ratesOf(from.counters, sample.counters, seconds - before.seconds),
      readLatencySeconds: mean(
        sample.latency.readSeconds - from.latency.readSeconds,
        sample.latency.readCount - from.latency.readCount,
      ),
      writeLatencySeconds: mean(
        sample.latency.writeSeconds - from.latency.writeSeconds,
        sample.latency.writeCount - from.latency.writeCount,
      ),
    };
  }
}

const noRates: OsdRates = { rates: unknown, readLatencySeconds: Number.NaN, writeLatencySeconds: Number.NaN };

const zero = {
  counters: { readOps: 0, writeOps: 0, readBytes: 0, writeBytes: 0 },
  latency: { readSeconds: 0, readCount: 0, writeSeconds: 0, writeCount: 0 },
} as const;

function ratesOf(from: IoCounters, to: IoCounters, seconds: number): IoRates {
  return {
    readOps: (to.readOps - from.readOps) / seconds,
    writeOps: (to.writeOps - from.writeOps) / seconds,
    readBytes: (to.readBytes - from.readBytes) / seconds,
    writeBytes: (to.writeBytes - from.writeBytes) / seconds,
  };
}

function mean(seconds: number, count: number): number {
  return count > 0 ? seconds / count : Number.NaN;
}

function fell<T extends object>(from: T, to: T): boolean {
  return (Object.keys(to) as (keyof T)[]).some((key) => to[key] < from[key]);
}

function isComplete(counters: object): boolean {
  return Object.values(counters).every((value) => Number.isFinite(value));
}
