import type { QuotaView } from '../cluster/view.ts';
import { resources } from '../core/resource.ts';
import { type SizedContainer, scaleRaises } from './size.ts';

type QuotaKey = 'requests.cpu' | 'requests.memory';

/** What pods that were admitted, but are not in the quota's status yet, have taken. */
export interface QuotaLedgerView {
  inFlight(namespace: string, quota: QuotaView, key: QuotaKey): number;
}

/** Cuts raises so that the pod's requests stay within what every ResourceQuota has left, less what is in flight. */
export function fitQuota(
  sized: readonly SizedContainer[],
  namespace: string,
  quotas: readonly QuotaView[],
  ledger: QuotaLedgerView,
): SizedContainer[] {
  let fitted = [...sized];
  for (const quota of quotas) {
    for (const resource of resources) {
      const key = `requests.${resource}` as const;
      const headroom = quota.headroom[key];
      if (headroom === undefined) continue;
      fitted = scaleRaises(
        fitted,
        resource,
        headroom - ledger.inFlight(namespace, quota, key),
        `cut by ResourceQuota ${quota.name}`,
      );
    }
  }
  return fitted;
}

interface Reservation {
  readonly untilSeconds: number;
  readonly resourceVersion: string;
  readonly taken: Record<QuotaKey, number>;
}

const reservationSeconds = 30;

/** Remembers raises for a while, or until the quota's status moved on. */
export class QuotaLedger implements QuotaLedgerView {
  readonly #reservations = new Map<string, Reservation[]>();
  readonly #now: () => number;

  constructor(nowSeconds: () => number) {
    this.#now = nowSeconds;
  }

  inFlight(namespace: string, quota: QuotaView, key: QuotaKey): number {
    return this.#live(namespace, quota).reduce((sum, reservation) => sum + reservation.taken[key], 0);
  }

  /** Called once a raise was really answered (not in a dry run). */
  reserve(namespace: string, quotas: readonly QuotaView[], sized: readonly SizedContainer[]): void {
    const total = (resource: 'cpu' | 'memory'): number =>
      sized.reduce((sum, container) => sum + (container.after.requests[resource] ?? 0), 0);
    const taken = { 'requests.cpu': total('cpu'), 'requests.memory': total('memory') };
    for (const quota of quotas) {
      const live = this.#live(namespace, quota);
      live.push({ untilSeconds: this.#now() + reservationSeconds, resourceVersion: quota.resourceVersion, taken });
      this.#reservations.set(`${namespace}/${quota.name}`, live);
    }
  }

  #live(namespace: string, quota: QuotaView): Reservation[] {
    const key = `${namespace}/${quota.name}`;
    const now = this.#now();
    const held = this.#reservations.get(key) ?? [];
    const live = held.filter(
      (reservation) => reservation.untilSeconds > now && reservation.resourceVersion === quota.resourceVersion,
    );
    if (live.length === 0) this.#reservations.delete(key);
    return live;
  }
}
