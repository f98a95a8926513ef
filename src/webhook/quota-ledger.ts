import type { QuotaView } from '../cluster/view.ts';
import type { Takings } from './pod-sum.ts';

export type QuotaKey = keyof QuotaView['headroom'];

/** What pods that were admitted, but are not in the quota's status yet, have taken. */
export interface QuotaLedgerView {
  /** Without what the decision `exceptId` has reserved itself. */
  inFlight(namespace: string, quota: QuotaView, key: QuotaKey, exceptId?: string): number;
}

interface Reservation {
  readonly id: string;
  readonly untilSeconds: number;
  readonly left: Record<QuotaKey, number>;
}

interface Account {
  seen: QuotaView;
  reservations: Reservation[];
}

const keys: readonly QuotaKey[] = ['requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'];
// A pod that is not in the quota by then was refused by somebody else.
const reservationSeconds = 30;
// Bursts beyond this are summed up in the newest reservation: asking stays quick.
const mostReservations = 1000;

/**
 * Remembers what admitted pods take until the quota's status shows it: what its headroom falls by is taken from the oldest reservations, whatever is
 * left of one ends after 30 s.
 */
export class QuotaLedger implements QuotaLedgerView {
  readonly #accounts = new Map<string, Account>();
  readonly #now: () => number;
  #sweptSeconds = Number.NEGATIVE_INFINITY;

  constructor(nowSeconds: () => number) {
    this.#now = nowSeconds;
  }

  /** Quotas with anything in flight. */
  get size(): number {
    return this.#accounts.size;
  }

  inFlight(namespace: string, quota: QuotaView, key: QuotaKey, exceptId?: string): number {
    const account = this.#settled(namespace, quota);
    if (account === undefined) return 0;
    return account.reservations.reduce((sum, { id, left }) => sum + (id === exceptId ? 0 : left[key]), 0);
  }

  /** Called once a pod was really let through (not in a dry run). A second call with the same id replaces the first. */
  reserve(id: string, namespace: string, quotas: readonly QuotaView[], taken: Takings): void {
    this.#sweep();
    for (const quota of quotas) {
      const account = this.#settled(namespace, quota) ?? { seen: quota, reservations: [] };
      const others = account.reservations.filter((reservation) => reservation.id !== id);
      const left: Record<QuotaKey, number> = { ...taken };
      const newest = others.length >= mostReservations ? others.pop() : undefined;
      for (const key of keys) left[key] += newest?.left[key] ?? 0;
      account.reservations = [...others, { id, untilSeconds: this.#now() + reservationSeconds, left }];
      this.#accounts.set(`${namespace}/${quota.name}`, account);
    }
  }

  /** The account as of now: without what has expired, less what the quota's status shows by now. */
  #settled(namespace: string, quota: QuotaView): Account | undefined {
    const name = `${namespace}/${quota.name}`;
    const account = this.#accounts.get(name);
    if (account === undefined) return undefined;
    const now = this.#now();
    if (account.seen.resourceVersion !== quota.resourceVersion) {
      for (const key of keys) settle(account, key, (account.seen.headroom[key] ?? 0) - (quota.headroom[key] ?? 0));
      account.seen = quota;
    }
    account.reservations = account.reservations.filter(
      ({ untilSeconds, left }) => isLive(untilSeconds, now) && keys.some((key) => left[key] > 0),
    );
    if (account.reservations.length === 0) this.#accounts.delete(name);
    return account.reservations.length === 0 ? undefined : account;
  }

  /** Accounts that nobody asks for any more are dropped too. */
  #sweep(): void {
    const now = this.#now();
    if (Math.abs(now - this.#sweptSeconds) < reservationSeconds) return;
    this.#sweptSeconds = now;
    for (const [name, { reservations }] of this.#accounts) {
      if (!reservations.some(({ untilSeconds }) => isLive(untilSeconds, now))) this.#accounts.delete(name);
    }
  }
}

/** Neither over nor, after a clock was set back, further away than it ever was. */
function isLive(untilSeconds: number, now: number): boolean {
  return untilSeconds > now && untilSeconds <= now + reservationSeconds;
}

function settle(account: Account, key: QuotaKey, fall: number): void {
  let shown = Math.max(0, fall);
  for (const { left } of account.reservations) {
    const part = Math.min(shown, left[key]);
    left[key] -= part;
    shown -= part;
  }
}
