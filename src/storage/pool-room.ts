import type { CephReading, OsdReading, PoolReading } from '../core/storage.ts';

export interface PoolRoom {
  readonly nearFullBytes: number;
  readonly fullBytes: number;
  readonly quotaBytes: number;
  /** Of the fullest OSD, or of the quota where that is more, 0–1. */
  readonly usedShare: number;
}

/** The OSDs that hold data of a pool: up or down, but not out. */
export function osdsOf(pool: PoolReading, osds: ReadonlyMap<number, OsdReading>): OsdReading[] {
  return pool.osds.flatMap((id) => {
    const osd = osds.get(id);
    return osd === undefined ? [] : [osd];
  });
}

/** Raw bytes that one byte of the user takes. Where an erasure coded pool does not say how it is cut: min_size is one more than its data chunks by default. */
export function rawPerByte({ size, minSize, erasureCoded, dataChunks: said }: PoolReading): number {
  if (!erasureCoded) return Math.max(1, size);
  const dataChunks = said ?? Math.max(1, Math.min(size - 1, minSize - 1));
  return size / dataChunks;
}

/** What CRUSH aims at for one OSD, relative to the others of the pool. */
export function osdWeight({ in: isIn, weight, crushWeight }: OsdReading): number {
  return isIn ? weight * crushWeight : 0;
}

/**
 * User bytes until the first OSD of a pool reaches a mark, as Ceph judges it: data spreads by CRUSH weight, and the fullest OSD ends it for all. At the full mark
 * what Ceph itself says counts (MAX AVAIL).
 */
export function poolRoom(
  pool: PoolReading,
  osds: readonly OsdReading[],
  { nearFull, full }: CephReading['ratios'],
): PoolRoom {
  const weight = osds.reduce((sum, osd) => sum + osdWeight(osd), 0);
  const factor = rawPerByte(pool);
  const until = (ratio: number): number => {
    let least = Number.POSITIVE_INFINITY;
    for (const osd of osds) {
      const share = osdWeight(osd) / weight;
      if (share > 0 && osd.totalBytes > 0 && osd.usedBytes >= 0)
        least = Math.min(least, (ratio * osd.totalBytes - osd.usedBytes) / (share * factor));
    }
    return least;
  };
  const fullBytes = Math.min(until(full), pool.availableBytes);
  const quotaBytes = pool.quotaBytes === undefined ? Number.POSITIVE_INFINITY : pool.quotaBytes - pool.storedBytes;
  const known = (bytes: number): number => (Number.isFinite(bytes) ? Math.max(0, bytes) : 0);
  return {
    nearFullBytes: known(Math.min(until(nearFull), fullBytes)),
    fullBytes: known(fullBytes),
    quotaBytes: Math.max(0, quotaBytes),
    usedShare: Math.max(fullestShare(osds), quotaShare(pool)),
  };
}

/** The share of its size that the fullest OSD uses; 0 without OSDs. */
export function fullestShare(osds: readonly OsdReading[]): number {
  return osds.reduce((most, osd) => (osdWeight(osd) > 0 ? Math.max(most, usedShareOf(osd)) : most), 0);
}

export function usedShareOf({ usedBytes, totalBytes }: OsdReading): number {
  return totalBytes > 0 ? usedBytes / totalBytes : 0;
}

export function quotaShare({ quotaBytes, storedBytes }: PoolReading): number {
  return quotaBytes !== undefined && quotaBytes > 0 ? storedBytes / quotaBytes : 0;
}
