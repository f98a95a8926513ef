import { BarographError } from '../../core/errors.ts';

/** A number of an answer of the ceph command. Throws SOURCE_UNAVAILABLE for anything else: nothing is guessed where a change is decided. */
export function numberOf(value: unknown, what: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new BarographError('SOURCE_UNAVAILABLE', `ceph: expected ${what} to be a number, received ${typeof value}`);
}

/** What an answer must have. Throws SOURCE_UNAVAILABLE where it has not. */
export function needed<T>(value: T | undefined, what: string): T {
  if (value !== undefined) return value;
  throw new BarographError('SOURCE_UNAVAILABLE', `ceph: expected ${what}, received none`);
}
