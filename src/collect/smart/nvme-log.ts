import type { FlashWear } from '../../core/disk.ts';
import { type Fields, numberAt } from './json-fields.ts';

/** The health log that every NVMe device keeps (NVM Express base specification, SMART / Health Information). */
export function nvmeWear(log: Fields): FlashWear {
  const share = (key: string): number | undefined => {
    const percent = numberAt(log, key);
    return percent === undefined ? undefined : percent / 100;
  };
  return withoutUndefined({
    usedShare: share('percentage_used'),
    spareShare: share('available_spare'),
    spareThreshold: share('available_spare_threshold'),
    mediaErrors: numberAt(log, 'media_errors'),
    criticalWarning: numberAt(log, 'critical_warning'),
  });
}

export function withoutUndefined(wear: { readonly [K in keyof FlashWear]: FlashWear[K] | undefined }): FlashWear {
  return Object.fromEntries(Object.entries(wear).filter(([, value]) => value !== undefined));
}
