import type { QuotaView } from '../../cluster/view.ts';
import type { Promised } from '../../storage/score/refuse-pool.ts';
import { shownBytes } from '../../storage/score/words.ts';

/**
 * Why the namespace's ResourceQuotas leave no room for a claim of a class; undefined when they do. Those of the whole namespace count as well as those of the class.
 * `inFlight` is what was let through a moment ago, of the class and in all, and is not in the quotas' status yet.
 */
export function quotaRefusal(
  storageClass: string,
  bytes: number,
  quotas: readonly QuotaView[],
  inFlight: { readonly ofClass: Promised; readonly ofAll: Promised },
): string | undefined {
  const parts = [
    { prefix: '', taken: inFlight.ofAll },
    { prefix: `${storageClass}.storageclass.storage.k8s.io/`, taken: inFlight.ofClass },
  ];
  for (const { name, storage = {} } of quotas) {
    for (const { prefix, taken } of parts) {
      const left = storage[`${prefix}requests.storage`];
      if (left !== undefined && left - taken.bytes < bytes) {
        return `the quota ${name} leaves ${shownBytes(Math.max(0, left - taken.bytes))} for it`;
      }
      const claims = storage[`${prefix}persistentvolumeclaims`];
      if (claims !== undefined && claims - taken.claims < 1) return `the quota ${name} leaves no claim for it`;
    }
  }
  return undefined;
}
