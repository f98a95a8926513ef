import type { DiskReading } from '../../core/disk.ts';

/**
 * Gives readings the ids that Ceph has for their devices: `VENDOR_MODEL_SERIAL` or `MODEL_SERIAL` with blanks written as underscores, so that an id ends with the serial
 * number. Readings of other devices are left out.
 */
export function matchDevices(
  readings: Iterable<DiskReading>,
  deviceIds: Iterable<string>,
): ReadonlyMap<string, DiskReading> {
  const byTail = new Map<string, string[]>();
  for (const id of deviceIds) for (const tail of tailsOf(id)) byTail.set(tail, [...(byTail.get(tail) ?? []), id]);
  const matched = new Map<string, DiskReading>();
  for (const reading of readings) {
    const serial = written(reading.serial);
    const [id, another] = serial === '' ? [] : (byTail.get(serial) ?? []);
    // Two devices whose ids end alike: which one it is cannot be told.
    if (id !== undefined && another === undefined) matched.set(id, reading);
  }
  return matched;
}

/** `A_B_C` → `C`, `B_C`: a serial number may hold blanks. */
function* tailsOf(id: string): Generator<string> {
  const text = written(id);
  for (let at = text.lastIndexOf('_'); at >= 0; at = at === 0 ? -1 : text.lastIndexOf('_', at - 1)) {
    const tail = text.slice(at + 1);
    if (tail !== '') yield tail;
  }
}

function written(text: string): string {
  return text
    .trim()
    .replaceAll(/[\s_]+/g, '_')
    .toUpperCase();
}
