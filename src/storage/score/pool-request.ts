import type { LatencyObjective, ThroughputObjective } from '../../core/objective.ts';

/** What somebody wants to put on a pool. */
export interface PoolRequest {
  readonly bytes: number;
  readonly latency: LatencyObjective | undefined;
  readonly throughput: ThroughputObjective | undefined;
}

/** What a throughput objective asks for, in operations or bytes a second. A number without a unit counts operations. */
export function wantedThroughput({ value, unit }: ThroughputObjective): {
  readonly of: 'iops' | 'bytesPerSecond';
  readonly amount: number;
} {
  if (unit === 'MiB/s') return { of: 'bytesPerSecond', amount: value * 2 ** 20 };
  if (unit === 'MB/s') return { of: 'bytesPerSecond', amount: value * 1e6 };
  return { of: 'iops', amount: unit === '/m' ? value / 60 : value };
}
