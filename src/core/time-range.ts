/** Steps of equal length: the first ends at `startSeconds + stepSeconds`, the last at `endSeconds` (unix seconds). */
export interface TimeRange {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly stepSeconds: number;
}

/** How many whole steps a range has; 0 when its end does not lie a step after its start. */
export function stepCount(range: TimeRange): number {
  return Math.max(0, Math.floor((range.endSeconds - range.startSeconds) / range.stepSeconds + 1e-9));
}
