import type { DamageCounter } from '../../core/disk.ts';

/** What a counter counts, one and many. */
export const counterWords: Readonly<Record<DamageCounter, readonly [one: string, many: string]>> = {
  5: ['reallocated sector', 'reallocated sectors'],
  10: ['retry to spin up', 'retries to spin up'],
  184: ['error on the way through the drive', 'errors on the way through the drive'],
  187: ['error that could not be corrected', 'errors that could not be corrected'],
  188: ['command that timed out', 'commands that timed out'],
  189: ['write with the head too high', 'writes with the head too high'],
  196: ['reallocation', 'reallocations'],
  197: ['sector waiting to be reallocated', 'sectors waiting to be reallocated'],
  198: ['sector that could not be read off-line', 'sectors that could not be read off-line'],
};
