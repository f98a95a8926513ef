import { percent } from '../pool-refusals.ts';
import type { PoolOutlook } from '../storage-state.ts';
import { expectedLatency } from './expected-latency.ts';
import type { PoolRequest } from './pool-request.ts';
import type { Promised } from './refuse-pool.ts';
import { shownBytes, shownDate, shownSeconds } from './words.ts';

export const scoreParts = ['quiet', 'latency', 'room', 'health'] as const;

export interface ScorePart {
  readonly part: (typeof scoreParts)[number];
  /** 0 is worst, 1 is best. */
  readonly value: number;
  readonly weight: number;
  readonly text: string;
}

export interface ScoreContext {
  readonly nowSeconds: number;
  /** The lowest mean latency of the pools that are compared, seconds; NaN where none was measured. */
  readonly lowestLatency: number;
  readonly failureRisk: number;
}

export const highestPoolScore = 10;
const day = 86_400;
/** A pool that is not near full within this time has all the room it needs. */
const enoughDays = 365;

/** What speaks for and against a pool that fits. The score is their weighted mean, 0–10. */
export function scorePool(
  pool: PoolOutlook,
  request: PoolRequest,
  promised: Promised,
  context: ScoreContext,
): { readonly score: number; readonly parts: readonly ScorePart[] } {
  const parts = [
    quietPart(pool),
    latencyPart(pool, request, context),
    roomPart(pool, request, promised, context),
    healthPart(pool, context),
  ];
  const weight = parts.reduce((sum, part) => sum + part.weight, 0);
  const mean = parts.reduce((sum, part) => sum + part.weight * part.value, 0) / weight;
  return { score: Math.round(mean * highestPoolScore * 100) / 100, parts };
}

/**
 * Half of it is what is, half what is expected in the coming hours at a level that one hour in ten exceeds. A pool that was not watched for a whole day yet is
 * expected to do what it did in the part of it that was seen: that counts for as much less.
 */
function quietPart({ load }: PoolOutlook): ScorePart {
  const { now, steps } = load.saturation;
  const foresight = 0.5 * Math.min(1, (load.watchedSeconds ?? day) / day);
  const expected = steps.length === 0 ? now : steps.reduce((sum, share) => sum + share, 0) / steps.length;
  const value = 1 - (1 - foresight) * now - foresight * expected;
  const text = `${percent(now)} of what it can do is used now, ${percent(expected)} is expected`;
  return { part: 'quiet', value, weight: 4, text };
}

function latencyPart(pool: PoolOutlook, { latency }: PoolRequest, { lowestLatency }: ScoreContext): ScorePart {
  const statistic = latency?.statistic ?? 'mean';
  const expected = expectedLatency(pool, statistic);
  const weight = 2;
  if (Number.isNaN(expected)) return { part: 'latency', value: 0.5, weight, text: 'its latency was never measured' };
  const text = `${shownSeconds(expected)} latency expected`;
  if (latency !== undefined) {
    return { part: 'latency', value: clamp(1 - (1000 * expected) / latency.latencyMilliseconds), weight, text };
  }
  // Ten times slower than the best is worth nothing.
  const value = Number.isNaN(lowestLatency) ? 0.5 : clamp(1 - Math.log10(Math.max(1, expected / lowestLatency)));
  return { part: 'latency', value, weight, text };
}

function roomPart(
  pool: PoolOutlook,
  { bytes }: PoolRequest,
  promised: Promised,
  { nowSeconds }: ScoreContext,
): ScorePart {
  const left = Math.max(0, Math.min(pool.room.nearFullBytes, pool.room.quotaBytes) - promised.bytes - bytes);
  const share = left / (left + pool.reading.storedBytes + promised.bytes + bytes);
  const nearFull = pool.nearFull?.p50;
  const time = nearFull === undefined ? 1 : clamp((nearFull - nowSeconds) / (enoughDays * day));
  const text = `${shownBytes(left)} left after it, near full: ${shownDate(nearFull)}`;
  return { part: 'room', value: (share + time) / 2, weight: 2, text };
}

function healthPart({ disks, reading, refused }: PoolOutlook, { failureRisk }: ScoreContext): ScorePart {
  const risk = Number.isNaN(disks.worstP14) ? 0 : clamp(disks.worstP14 / failureRisk);
  const value = refused.length > 0 ? 0 : (1 - risk / 2) * (1 - Math.min(1, 10 * disks.failingShare));
  const failing = disks.failing.length > 0 ? `, ${disks.failing.length} of its disks are failing` : '';
  const known = Number.isNaN(disks.worstP14)
    ? `nothing is known of the disks below its ${reading.osds.length} OSDs`
    : `its worst disk fails within 14 days with a chance of ${percent(disks.worstP14)}`;
  return { part: 'health', value, weight: 2, text: `${known}${failing}` };
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
