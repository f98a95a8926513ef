import type { CephReading, HealthCheck, OsdReading, PoolReading } from '../../core/storage.ts';
import type { ClusterMap, PoolOfMap } from './cluster-map.ts';
import { type ClusterSample, isWholePool, type OsdSample, type PoolSample } from './cluster-sample.ts';
import type { ClusterRates } from './counter-memory.ts';
import type { DisksRead } from './disks.ts';
import type { MapInHand } from './held-map.ts';
import { osdSizes, type SizeOf } from './osd-sizes.ts';

export interface CephParts {
  readonly sample: ClusterSample;
  readonly rates: ClusterRates;
  /** undefined where none is configured. */
  readonly map: MapInHand | undefined;
  readonly disks: DisksRead;
}

/** What Ceph sets when nobody says otherwise. */
const usualRatios: CephReading['ratios'] = { nearFull: 0.85, backfillFull: 0.9, full: 0.95 };
const staleMapSeconds = 300;
const statuses = ['HEALTH_OK', 'HEALTH_WARN', 'HEALTH_ERR'] as const;
const bytesPerTiB = 2 ** 40;

/** Puts the parts of one reading together; what the metrics do not say and no map was there for is assumed, and said. */
export function assemble(parts: CephParts): CephReading {
  const { sample, map, disks } = parts;
  const sizes = osdSizes(sample, map?.map);
  const pools = [...sample.pools.values()].filter(isWholePool);
  const groups = pools.map(({ placementGroups }) => placementGroups);
  const total = sumOf(groups.map((one) => one.total));
  const assumptions = [...mapAssumptions(map), ...sizes.assumptions];
  return {
    timeSeconds: sample.timeSeconds,
    cluster: map?.map.fsid || sample.cluster,
    health: { status: statuses[sample.healthStatus] ?? 'HEALTH_ERR', checks: checksOf(sample, map?.map) },
    ratios: map?.map.ratios ?? usualRatios,
    pools: pools.map((pool) => poolReading(pool, parts)).toSorted((a, b) => a.id - b.id),
    osds: knownOsds(sample)
      .map((osd) => osdReading(osd, parts, sizes.of))
      .toSorted((a, b) => a.id - b.id),
    placementGroups: { total, unclean: total - sumOf(groups.map((one) => one.clean)) },
    disks: disks.newest,
    ...(disks.earlier.size > 0 && { diskHistory: disks.earlier }),
    ...(assumptions.length > 0 && { assumptions }),
  };
}

/** An OSD that only counters speak of was destroyed, or the exporter is of another cluster. */
function knownOsds({ osds }: ClusterSample): OsdSample[] {
  return [...osds.values()].filter((osd) => !Number.isNaN(osd.up));
}

function poolReading(pool: PoolSample, { sample, rates, map }: CephParts): PoolReading {
  const known = map?.map.pools.get(pool.id) ?? guessedPool(pool, sample);
  const { dataChunks } = known;
  return {
    id: pool.id,
    name: pool.name,
    storedBytes: pool.storedBytes,
    availableBytes: pool.availableBytes,
    quotaBytes: known.quotaBytes,
    rates: rates.pools.get(pool.id) ?? noRates,
    size: known.size,
    minSize: known.minSize,
    erasureCoded: known.erasureCoded,
    ...(dataChunks !== undefined && { dataChunks }),
    failureDomain: known.failureDomain,
    deviceClass: known.deviceClass,
    osds: known.osds,
    application: known.application,
  };
}

/**
 * A pool as Ceph makes one by default: on every OSD, a replica a host. Its kind stands in the metadata: `replica:3`, `ec:4+2`; of n replicas more than half must be there,
 * of k + m chunks one more than k.
 */
function guessedPool({ name, type, description, quotaBytes }: PoolSample, sample: ClusterSample): PoolOfMap {
  const erasureCoded = type === 'erasure';
  const [, first = '3', second] = /^(?:replica|ec):(\d+)(?:\+(\d+))?$/.exec(description) ?? [];
  const [data, coding] = [Number(first), Number(second ?? 0)];
  const isCut = erasureCoded && second !== undefined;
  const size = isCut ? data + coding : data;
  return {
    name,
    size,
    minSize: isCut ? Math.min(size, data + 1) : size - Math.floor(size / 2),
    erasureCoded,
    dataChunks: isCut ? data : undefined,
    quotaBytes: quotaBytes > 0 ? quotaBytes : undefined,
    failureDomain: 'host',
    deviceClass: undefined,
    osds: knownOsds(sample)
      .map(({ id }) => id)
      .toSorted((a, b) => a - b),
    application: undefined,
  };
}

function osdReading(osd: OsdSample, { rates, map }: CephParts, sizeOf: SizeOf): OsdReading {
  const place = map?.map.osds.get(osd.id);
  const size = sizeOf(osd);
  return {
    id: osd.id,
    up: osd.up === 1,
    in: osd.in === 1,
    weight: Number.isNaN(osd.weight) ? osd.in : osd.weight,
    crushWeight: map === undefined ? size.totalBytes / bytesPerTiB : (place?.crushWeight ?? 0),
    ...size,
    host: osd.host || place?.host || '',
    deviceClass: place?.deviceClass ?? (osd.deviceClass || undefined),
    devices: osd.devices,
    deviceIds: osd.deviceIds,
    ...(rates.osds.get(osd.id) ?? { readLatencySeconds: Number.NaN, writeLatencySeconds: Number.NaN, rates: noRates }),
  };
}

const noRates = { readOps: Number.NaN, writeOps: Number.NaN, readBytes: Number.NaN, writeBytes: Number.NaN };

function checksOf({ checks }: ClusterSample, map: ClusterMap | undefined): HealthCheck[] {
  return checks.map(({ code, severity }) => ({ code, severity, summary: map?.summaries.get(code) ?? wordsOf(code) }));
}

/** `OSD_NEARFULL` → `osd nearfull`. */
function wordsOf(code: string): string {
  return code.toLowerCase().replaceAll('_', ' ');
}

function mapAssumptions(map: MapInHand | undefined): string[] {
  if (map === undefined) {
    return [
      "the CRUSH map is not read: every pool is taken to be on every OSD, with a replica a host, Ceph's usual ratios and weights by size",
    ];
  }
  if (map.ageSeconds < staleMapSeconds) return [];
  return [`the CRUSH map could not be read for ${Math.round(map.ageSeconds / 60)} minutes: the one before is used`];
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + (value || 0), 0);
}
