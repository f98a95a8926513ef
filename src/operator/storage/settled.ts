import { timeText } from '../../storage/storage-report.ts';
import type { StepStatus } from './plan-status.ts';

/**
 * A step is believed to be done after two clean looks this far apart. By default an OSD reports within seconds of a new map, managers pass
 * reports on every 5 s, and an OSD that died is told as down after 20 s: the second look would see each of them.
 */
export const settleSeconds = 30;

/** What a step that is made comes to when everything looks clean. The first such look is kept in its status, since a process may end between the two. */
export function settled(
  before: Omit<StepStatus, 'cleanSince'>,
  cleanSince: string | undefined,
  command: string,
  nowSeconds: number,
): StepStatus {
  const since = cleanSince === undefined ? Number.NaN : Date.parse(cleanSince) / 1000;
  if (nowSeconds - since >= settleSeconds) return { ...before, phase: 'Done', reason: '', message: command };
  // A date that cannot be read, or one to come after the clock was set back, is none.
  const begun = since <= nowSeconds ? since : nowSeconds;
  const message = `everything looks clean; ${settleSeconds} s after the first such look it counts as done`;
  return { ...before, phase: 'Running', reason: 'DataMoves', message, cleanSince: timeText(begun) };
}
