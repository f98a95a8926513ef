import type { DiskReading } from '../../core/disk.ts';
import { BarographError } from '../../core/errors.ts';
import { readCephHealth } from './ceph-health.ts';
import { readSmartctl } from './smartctl.ts';
import { readSmartctlExporter } from './smartctl-exporter.ts';

/** The readings in a file, whatever wrote it: smartctl, Ceph (JSON both), or smartctl_exporter. Throws TRACE_INVALID. */
export function readDiskFile(text: string, place: string): readonly DiskReading[] {
  if (/^\s*\{\s*"\d{8}-\d{6}"\s*:/.test(text)) return readCephHealth(text, place);
  if (text.trimStart().startsWith('{')) return [readSmartctl(text, place)];
  const readings = readSmartctlExporter(text);
  if (readings.length > 0) return readings;
  throw new BarographError(
    'TRACE_INVALID',
    `${place}: expected smartctl's JSON, Ceph's health metrics or smartctl_exporter's page`,
  );
}
