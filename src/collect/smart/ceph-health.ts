import type { DiskReading } from '../../core/disk.ts';
import { BarographError } from '../../core/errors.ts';
import { fieldsAt } from './json-fields.ts';
import { smartctlReading } from './smartctl.ts';

/**
 * Reads what `ceph device get-health-metrics` printed: smartctl's JSON by the time it was scraped (`20261125-153000`, UTC), oldest first in
 * the answer. Times at which the OSD could not read the device are passed over. Throws TRACE_INVALID.
 */
export function readCephHealth(text: string, place: string): readonly DiskReading[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new BarographError('TRACE_INVALID', `${place}: expected the JSON of ceph device get-health-metrics`, {
      cause,
    });
  }
  const entries = typeof json === 'object' && json !== null && !Array.isArray(json) ? Object.entries(json) : [];
  if (!entries.every(([key]) => timeOf(key) !== undefined)) {
    throw new BarographError(
      'TRACE_INVALID',
      `${place}: expected times like 20261125-153000, received ${entries
        .map(([key]) => key)
        .join(', ')
        .slice(0, 80)}`,
    );
  }
  return entries
    .filter(([, value]) => !isFailure(value))
    .map(([key, value]) => ({ ...smartctlReading(value, `${place}: ${key}`), timeSeconds: timeOf(key) }))
    .toSorted((a, b) => (a.timeSeconds ?? 0) - (b.timeSeconds ?? 0));
}

/** What an OSD sends when smartctl did not run: `{"dev": "/dev/sdb", "error": "smartctl failed", …}`. */
function isFailure(value: unknown): boolean {
  const { error, smartctl } = fieldsAt(value);
  return error !== undefined && smartctl === undefined;
}

function timeOf(key: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)$/.exec(key);
  if (match === null) return undefined;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
}
