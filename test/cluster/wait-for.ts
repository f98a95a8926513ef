import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterError } from './cluster-error.ts';

/**
 * Asks `condition` until it gives something other than undefined, false or null, and returns that. An error that it throws counts as "not yet"
 * and is the cause of the error thrown after `seconds`.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  seconds: number,
  what: string,
  intervalMilliseconds = 50,
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = performance.now() + seconds * 1000;
  let failure: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value !== undefined && value !== null && value !== false) return value as NonNullable<Exclude<T, false>>;
    } catch (error) {
      failure = error;
      if (error instanceof GiveUp) throw error.reason;
    }
    if (performance.now() > deadline) throw new ClusterError(`waited ${seconds} s for ${what}`, { cause: failure });
    await sleep(intervalMilliseconds);
  }
}

/** Thrown by a condition that can never come true. */
export class GiveUp extends Error {
  readonly reason: Error;

  constructor(reason: Error) {
    super(reason.message);
    this.reason = reason;
  }
}
