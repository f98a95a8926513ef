import { nothingPromised, type Promised } from './score/refuse-pool.ts';

interface Placed {
  readonly pool: string;
  readonly bytes: number;
  readonly atSeconds: number;
}

export interface Memory {
  readonly claimHalfLifeSeconds: number;
  readonly bytesSeconds: number;
  readonly forgottenSeconds: number;
}

/**
 * What a pool was promised: a claim's load is in the pool's own figures after some ten minutes. Its bytes count whole for an hour, as pools are thin: they come
 * to be used later, if ever.
 */
export const poolMemory: Memory = { claimHalfLifeSeconds: 600, bytesSeconds: 3600, forgottenSeconds: 7200 };
/** What a quota was promised: the API server counts it at once, its watch says so a moment later. */
export const quotaMemory: Memory = {
  claimHalfLifeSeconds: Number.POSITIVE_INFINITY,
  bytesSeconds: 3,
  forgottenSeconds: 3,
};
const mostPlaced = 100_000;

/** What was decided of late: many claims at once would else all go to the pool that was best before the first of them. */
export class RecentPlacements {
  readonly #memory: Memory;
  readonly #placed = new Map<string, Placed>();
  /** Sums by pool as of one time: a burst of claims asks again and again. */
  #sums: { readonly atSeconds: number; readonly byPool: Map<string, Promised> } | undefined;

  constructor(memory: Memory = poolMemory) {
    this.#memory = memory;
  }

  /** A second call with the same id takes the place of the first. */
  place(id: string, pool: string, bytes: number, nowSeconds: number): void {
    this.#placed.delete(id);
    this.#placed.set(id, { pool, bytes, atSeconds: nowSeconds });
    this.#sums = undefined;
    for (const [oldest, { atSeconds }] of this.#placed) {
      if (this.#placed.size <= mostPlaced && nowSeconds - atSeconds <= this.#memory.forgottenSeconds) break;
      this.#placed.delete(oldest);
    }
  }

  promised(pool: string, nowSeconds: number): Promised {
    if (this.#sums?.atSeconds !== nowSeconds) this.#sums = { atSeconds: nowSeconds, byPool: this.#sum(nowSeconds) };
    return this.#sums.byPool.get(pool) ?? nothingPromised;
  }

  get size(): number {
    return this.#placed.size;
  }

  #sum(nowSeconds: number): Map<string, Promised> {
    const sums = new Map<string, Promised>();
    const { claimHalfLifeSeconds, bytesSeconds, forgottenSeconds } = this.#memory;
    for (const { pool, bytes, atSeconds } of this.#placed.values()) {
      const age = Math.max(0, nowSeconds - atSeconds);
      if (age > forgottenSeconds) continue;
      const sum = sums.get(pool) ?? nothingPromised;
      sums.set(pool, {
        bytes: sum.bytes + (age <= bytesSeconds ? bytes : 0),
        claims: sum.claims + 2 ** -(age / claimHalfLifeSeconds),
      });
    }
    return sums;
  }
}
