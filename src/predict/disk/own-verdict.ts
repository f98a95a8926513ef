import type { DiskReading } from '../../core/disk.ts';

/** What a device says of itself, beside its counters. */
export interface OwnVerdict {
  readonly isFailing: boolean;
  /** At least this probable within 30 days; not learned, as the data that was learned from does not record it. */
  readonly leastP30: number;
  readonly drivers: readonly string[];
}

export function ownVerdict({ passed, atThreshold }: DiskReading): OwnVerdict {
  const failing = atThreshold.filter(({ isNow, isPrefailure }) => isNow && isPrefailure);
  const drivers = [
    ...(passed === false ? ['the device itself says that it fails'] : []),
    ...failing.map(({ name }) => `${name} is at the threshold that its vendor set for failure`),
    ...atThreshold
      .filter(({ isNow, isPrefailure }) => isNow && !isPrefailure)
      .map(({ name }) => `${name} is at its vendor's limit`),
  ];
  const isFailing = passed === false || failing.length > 0;
  return { isFailing, leastP30: passed === false ? 0.5 : failing.length > 0 ? 0.3 : 0, drivers };
}

/** Chances within 7 and 14 days of a failure that comes as probably on each of the 30. */
export function spread(p30: number): { readonly p7: number; readonly p14: number; readonly p30: number } {
  const within = (days: number): number => 1 - (1 - p30) ** (days / 30);
  return { p7: within(7), p14: within(14), p30 };
}
