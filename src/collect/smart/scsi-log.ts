import { type Fields, fieldsAt, numberAt } from './json-fields.ts';

/**
 * SCSI counts two of the things ATA counts: the grown defect list holds reallocated sectors (5), uncorrected errors are those the host was told
 * of (187). They stand under the ATA numbers, so that one model reads both.
 */
export function scsiCounters(dump: Fields): ReadonlyMap<number, number> {
  const counters = new Map<number, number>();
  const grown = numberAt(dump, 'scsi_grown_defect_list');
  if (grown !== undefined) counters.set(5, grown);
  const log = fieldsAt(dump, 'scsi_error_counter_log');
  const uncorrected = ['read', 'write', 'verify'].flatMap((kind) => {
    const count = numberAt(fieldsAt(log, kind), 'total_uncorrected_errors');
    return count === undefined ? [] : [count];
  });
  if (uncorrected.length > 0)
    counters.set(
      187,
      uncorrected.reduce((sum, count) => sum + count, 0),
    );
  return counters;
}
