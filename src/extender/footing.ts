import { isFresh } from '../core/outlook.ts';
import type { OutlookTimes } from './load-table.ts';

/** Which step of an Outlook it is, and how much of its horizon is left; undefined when it is too old to be acted on, or of the future. */
export function footingOf(
  outlook: OutlookTimes,
  nowSeconds: number,
  maxAgeSeconds: number,
): { readonly step: number; readonly horizonSeconds: number } | undefined {
  if (!isFresh(outlook, nowSeconds, maxAgeSeconds)) return undefined;
  const { horizonStartSeconds, stepSeconds, steps } = outlook;
  const step = Math.max(0, Math.floor((nowSeconds - horizonStartSeconds) / stepSeconds));
  return step < steps ? { step, horizonSeconds: (steps - step) * stepSeconds } : undefined;
}
