import type { LimitRangeView } from '../cluster/view.ts';
import type { Resource } from '../core/resource.ts';

/** What all LimitRanges of a namespace together allow one container, or one pod. */
export interface Allowed {
  readonly lowest: number;
  readonly highest: number;
  /** The largest limit over request; infinite where none is set. */
  readonly maxRatio: number;
}

export function allowedBy(
  ranges: readonly LimitRangeView[],
  type: LimitRangeView['type'],
  resource: Resource,
): Allowed {
  const ofType = ranges.filter((range) => range.type === type);
  const smallest = (values: readonly (number | undefined)[]): number =>
    Math.min(Number.POSITIVE_INFINITY, ...values.filter((value) => value !== undefined));
  return {
    lowest: Math.max(0, ...ofType.map((range) => range.min[resource] ?? 0)),
    highest: smallest(ofType.map((range) => range.max[resource])),
    maxRatio: smallest(ofType.map((range) => range.maxLimitRequestRatio[resource])),
  };
}

/** The API server's own comparison, in its own arithmetic. Source: limitRequestRatioConstraint of the LimitRanger plugin. */
export function isRatioAllowed(limit: number, request: number, maxRatio: number): boolean {
  return !Number.isFinite(maxRatio) || (limit / request) * 1000 <= Math.round(maxRatio * 1000);
}

/** The largest limit that a request may have. */
export function largestLimit(request: number, maxRatio: number): number {
  if (!Number.isFinite(maxRatio)) return Number.POSITIVE_INFINITY;
  const limit = Math.floor(request * maxRatio);
  return isRatioAllowed(limit, request, maxRatio) ? limit : limit - 1;
}
