import { percent } from '../pool-refusals.ts';
import type { PoolOutlook, PoolRefusal } from '../storage-state.ts';
import { expectedLatency } from './expected-latency.ts';
import { type PoolRequest, wantedThroughput } from './pool-request.ts';
import { shownBytes, shownSeconds } from './words.ts';

/** Why a pool is not for one request; those of the pool itself come first. */
export type RequestRefusal = PoolRefusal | 'no-room' | 'latency' | 'throughput' | 'stale';

export interface Refused {
  readonly reason: RequestRefusal;
  readonly text: string;
}

/** What was promised to others a moment ago and is not yet in the readings. */
export interface Promised {
  readonly bytes: number;
  /** Claims, the older ones counting less. */
  readonly claims: number;
}

export const nothingPromised: Promised = { bytes: 0, claims: 0 };

/** Everything for which a pool cannot take a request. */
export function refusePool(pool: PoolOutlook, request: PoolRequest, promised: Promised): Refused[] {
  return [
    ...pool.refused,
    ...roomRefusal(pool, request, promised),
    ...latencyRefusal(pool, request),
    ...throughputRefusal(pool, request),
  ];
}

function roomRefusal({ room }: PoolOutlook, { bytes }: PoolRequest, promised: Promised): Refused[] {
  const [left, mark] =
    room.quotaBytes < room.nearFullBytes ? [room.quotaBytes, 'its quota'] : [room.nearFullBytes, 'it is near full'];
  const free = left - promised.bytes;
  if (bytes <= free) return [];
  const others = promised.bytes > 0 ? `, ${shownBytes(promised.bytes)} of it promised` : '';
  return [
    {
      reason: 'no-room',
      text: `${shownBytes(left)} are left until ${mark}${others}, ${shownBytes(bytes)} are asked for`,
    },
  ];
}

function latencyRefusal(pool: PoolOutlook, { latency }: PoolRequest): Refused[] {
  if (latency === undefined) return [];
  const expected = expectedLatency(pool, latency.statistic);
  const promised = latency.latencyMilliseconds / 1000;
  if (Number.isNaN(expected) || expected < promised) return [];
  const text = `${shownSeconds(expected)} are expected, below ${shownSeconds(promised)} is asked for`;
  return [{ reason: 'latency', text }];
}

function throughputRefusal(pool: PoolOutlook, { throughput }: PoolRequest): Refused[] {
  if (throughput === undefined) return [];
  const { of, amount } = wantedThroughput(throughput);
  const capacity = pool.load.capacity[of];
  if (capacity === undefined) return [];
  const busiest = Math.max(pool.load.now[of], ...highestForecast(pool, of));
  if (capacity - busiest >= amount) return [];
  const unit = of === 'iops' ? 'operations' : 'bytes';
  const text = `its history shows it can do ${Math.round(capacity)} ${unit}/s, of which up to ${percent(busiest / capacity)} are taken`;
  return [{ reason: 'throughput', text }];
}

function highestForecast({ load }: PoolOutlook, of: 'iops' | 'bytesPerSecond'): number[] {
  const forecast = load[of];
  if (forecast === undefined) return [];
  const { levels, values, steps } = forecast;
  return Array.from({ length: steps }, (_, step) => values[step * levels.length + levels.length - 1] ?? 0);
}
