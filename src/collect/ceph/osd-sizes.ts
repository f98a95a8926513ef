import type { ClusterMap } from './cluster-map.ts';
import type { ClusterSample, OsdSample } from './cluster-sample.ts';

export interface OsdSize {
  readonly usedBytes: number;
  readonly totalBytes: number;
}

export type SizeOf = (osd: OsdSample) => OsdSize;

const bytesPerTiB = 2 ** 40;

/**
 * How large and how full each OSD is. One that is down for long, or whose exporter does not answer, says nothing: it is taken to be as large as its CRUSH weight says (else
 * as the others are in the mean) and as full as the fullest of the others of its class: never as empty.
 */
export function osdSizes(
  { osds }: ClusterSample,
  map: ClusterMap | undefined,
): { readonly of: SizeOf; readonly assumptions: readonly string[] } {
  const measured = [...osds.values()].filter(isMeasured);
  const silent = [...osds.values()].filter((osd) => !Number.isNaN(osd.up) && !isMeasured(osd));
  const meanBytes = measured.reduce((sum, osd) => sum + osd.totalBytes, 0) / Math.max(1, measured.length);
  const of: SizeOf = (osd) => {
    if (isMeasured(osd)) return { usedBytes: osd.usedBytes, totalBytes: osd.totalBytes };
    const weight = map?.osds.get(osd.id)?.crushWeight ?? 0;
    const totalBytes = weight > 0 ? weight * bytesPerTiB : meanBytes;
    const alike = measured.filter((one) => one.deviceClass === osd.deviceClass);
    const fullest = (alike.length > 0 ? alike : measured).reduce(
      (most, one) => Math.max(most, one.usedBytes / one.totalBytes),
      0,
    );
    return { usedBytes: fullest * totalBytes, totalBytes };
  };
  if (silent.length === 0) return { of, assumptions: [] };
  const named = silent.slice(0, 5).map(({ id }) => `osd.${id}`);
  const names = silent.length > named.length ? `${named.join(', ')}, …` : named.join(', ');
  return { of, assumptions: [`${names} did not say how full: taken to be as full as the fullest of the same class`] };
}

function isMeasured({ totalBytes, usedBytes }: OsdSample): boolean {
  return totalBytes > 0 && usedBytes >= 0;
}
