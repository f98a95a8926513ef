import type { HealthCheck } from '../../core/storage.ts';
import type { MetricSample } from '../smart/metrics-text.ts';
import { cephMetricNames, prefix } from './metric-names.ts';

/** Counters that only grow, of one pool or OSD. */
export interface IoCounters {
  readonly readOps: number;
  readonly writeOps: number;
  readonly readBytes: number;
  readonly writeBytes: number;
}

export interface LatencyCounters {
  readonly readSeconds: number;
  readonly readCount: number;
  readonly writeSeconds: number;
  readonly writeCount: number;
}

/** What the metrics say of one pool; NaN and empty where they do not. */
export interface PoolSample {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  /** `replica:3`, `ec:4+2`. */
  readonly description: string;
  readonly storedBytes: number;
  readonly availableBytes: number;
  readonly quotaBytes: number;
  readonly counters: IoCounters;
  readonly placementGroups: { readonly total: number; readonly clean: number; readonly unknown: number };
}

/** What the metrics say of one OSD; NaN and empty where they do not. */
export interface OsdSample {
  readonly id: number;
  readonly up: number;
  readonly in: number;
  readonly weight: number;
  readonly usedBytes: number;
  readonly totalBytes: number;
  readonly host: string;
  readonly deviceClass: string;
  readonly devices: readonly string[];
  readonly deviceIds: readonly string[];
  readonly counters: IoCounters;
  readonly latency: LatencyCounters;
  /** When its counters were measured, unix seconds. */
  readonly countedSeconds: number;
}

/** One look at the metrics of a cluster. */
export interface ClusterSample {
  /** When it was measured, unix seconds. */
  readonly timeSeconds: number;
  /** 0 for HEALTH_OK, 1, 2; NaN where it is missing. */
  readonly healthStatus: number;
  readonly checks: readonly Omit<HealthCheck, 'summary'>[];
  /** The fsid, where whoever scraped put it into the label `cluster`; else empty. */
  readonly cluster: string;
  readonly pools: ReadonlyMap<number, PoolSample>;
  readonly osds: ReadonlyMap<number, OsdSample>;
}

/** A pool that is being made or removed is in some metrics and not in others: it is left out. */
export function isWholePool({ name, storedBytes, availableBytes }: PoolSample): boolean {
  return name !== '' && Number.isFinite(storedBytes) && Number.isFinite(availableBytes);
}

export interface SampleTimes {
  readonly timeSeconds: number;
  /** Of the counters of single OSDs, where they were measured at another time. */
  readonly counted?: ReadonlyMap<number, number>;
}

/** Puts the samples of one moment together. What is there twice (two managers, a manager and an exporter) counts once: the largest value. */
export function clusterSampleOf(samples: Iterable<MetricSample>, times: SampleTimes): ClusterSample {
  const gathered = gather(samples);
  return {
    timeSeconds: times.timeSeconds,
    healthStatus: gathered.healthStatus,
    checks: [...gathered.checks].map(([code, severity]) => ({ code, severity })),
    cluster: gathered.cluster,
    pools: new Map([...gathered.pools].map(([id, thing]) => [id, poolSampleOf(id, thing)])),
    osds: new Map([...gathered.osds].map(([id, thing]) => [id, osdSampleOf(id, thing, times)])),
  };
}

/** Values and labels of one pool or OSD, by metric. */
class Thing {
  readonly #values = new Map<string, number>();
  readonly #labels = new Map<string, Readonly<Record<string, string>>>();

  take({ name, labels, value }: MetricSample): void {
    const held = this.#values.get(name);
    if (held !== undefined && held >= value) return;
    this.#values.set(name, value);
    this.#labels.set(name, labels);
  }

  value(metric: string): number {
    return this.#values.get(`${prefix}${metric}`) ?? Number.NaN;
  }

  /** The sum of those that are there; NaN when none is. */
  sum(...metrics: readonly string[]): number {
    const values = metrics.map((metric) => this.value(metric)).filter((value) => !Number.isNaN(value));
    return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0);
  }

  label(metric: string, label: string): string {
    return this.#labels.get(`${prefix}${metric}`)?.[label] ?? '';
  }
}

interface Gathered {
  readonly pools: Map<number, Thing>;
  readonly osds: Map<number, Thing>;
  readonly checks: Map<string, HealthCheck['severity']>;
  healthStatus: number;
  cluster: string;
}

function gather(samples: Iterable<MetricSample>): Gathered {
  const gathered: Gathered = {
    pools: new Map(),
    osds: new Map(),
    checks: new Map(),
    healthStatus: Number.NaN,
    cluster: '',
  };
  for (const sample of samples) {
    if (!cephMetricNames.has(sample.name)) continue;
    if (sample.name === 'ceph_health_status') takeStatus(gathered, sample);
    else if (sample.name === 'ceph_health_detail') takeCheck(gathered, sample);
    else takeThing(gathered, sample);
  }
  return gathered;
}

function takeStatus(gathered: Gathered, { labels, value }: MetricSample): void {
  gathered.healthStatus = Number.isNaN(gathered.healthStatus) ? value : Math.max(gathered.healthStatus, value);
  const { cluster = '' } = labels;
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-/.test(cluster)) gathered.cluster = cluster;
}

/** A check that is over stays in the manager's history, with the value 0. */
function takeCheck({ checks }: Gathered, { labels, value }: MetricSample): void {
  const { name, severity } = labels;
  if (value > 0 && name !== undefined) checks.set(name, severity === 'HEALTH_ERR' ? 'HEALTH_ERR' : 'HEALTH_WARN');
}

function takeThing({ pools, osds }: Gathered, sample: MetricSample): void {
  const { pool_id: pool, ceph_daemon: daemon } = sample.labels;
  if (pool !== undefined && /^\d+$/.test(pool)) thingOf(pools, Number(pool)).take(sample);
  const [, osd] = /^osd\.(\d+)$/.exec(daemon ?? '') ?? [];
  if (osd !== undefined) thingOf(osds, Number(osd)).take(sample);
}

function thingOf(things: Map<number, Thing>, id: number): Thing {
  const thing = things.get(id) ?? new Thing();
  things.set(id, thing);
  return thing;
}

function poolSampleOf(id: number, thing: Thing): PoolSample {
  return {
    id,
    name: thing.label('pool_metadata', 'name'),
    type: thing.label('pool_metadata', 'type'),
    description: thing.label('pool_metadata', 'description'),
    storedBytes: thing.value('pool_stored'),
    availableBytes: thing.value('pool_max_avail'),
    quotaBytes: thing.value('pool_quota_bytes'),
    counters: {
      readOps: thing.value('pool_rd'),
      writeOps: thing.value('pool_wr'),
      readBytes: thing.value('pool_rd_bytes'),
      writeBytes: thing.value('pool_wr_bytes'),
    },
    placementGroups: {
      total: thing.value('pg_total'),
      clean: Math.min(thing.value('pg_active'), thing.value('pg_clean')),
      unknown: thing.value('pg_unknown'),
    },
  };
}

/** Operations that read and write at once (`rw`) wait for the disk as writes do: they count as writes. */
function osdSampleOf(id: number, thing: Thing, { timeSeconds, counted }: SampleTimes): OsdSample {
  return {
    id,
    up: thing.value('osd_up'),
    in: thing.value('osd_in'),
    weight: thing.value('osd_weight'),
    usedBytes: thing.value('osd_stat_bytes_used'),
    totalBytes: thing.value('osd_stat_bytes'),
    // A Prometheus that does not honour labels keeps `instance` for the manager and moves this one.
    host:
      thing.label('osd_metadata', 'hostname') ||
      thing.label('disk_occupation', 'exported_instance') ||
      thing.label('disk_occupation', 'instance'),
    deviceClass: thing.label('osd_metadata', 'device_class'),
    devices: listOf(thing.label('disk_occupation', 'devices')),
    deviceIds: listOf(thing.label('disk_occupation', 'device_ids')).flatMap(idOf),
    counters: {
      readOps: thing.value('osd_op_r'),
      writeOps: thing.sum('osd_op_w', 'osd_op_rw'),
      readBytes: thing.sum('osd_op_r_out_bytes', 'osd_op_rw_out_bytes'),
      writeBytes: thing.sum('osd_op_w_in_bytes', 'osd_op_rw_in_bytes'),
    },
    latency: {
      readSeconds: thing.value('osd_op_r_latency_sum'),
      readCount: thing.value('osd_op_r_latency_count'),
      writeSeconds: thing.sum('osd_op_w_latency_sum', 'osd_op_rw_latency_sum'),
      writeCount: thing.sum('osd_op_w_latency_count', 'osd_op_rw_latency_count'),
    },
    countedSeconds: counted?.get(id) ?? timeSeconds,
  };
}

/** `sdb,nvme0n1`; a device that the OSD did not tell is `N/A`. */
function listOf(text: string): string[] {
  return text.split(',').filter((part) => part !== '' && part !== 'N/A');
}

/** `sdb=VENDOR_MODEL_SERIAL`. */
function idOf(pair: string): string[] {
  const id = pair.slice(pair.indexOf('=') + 1);
  return id === '' || id === 'N/A' ? [] : [id];
}
