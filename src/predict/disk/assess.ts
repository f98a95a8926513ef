import type { DiskReading } from '../../core/disk.ts';
import { assessFlash } from './assess-flash.ts';
import { assessLearned } from './assess-learned.ts';
import type { DiskModel } from './disk-model.ts';
import type { AssessOptions, DiskOutlook } from './disk-outlook.ts';

/**
 * What is expected of one device, from all readings of it, oldest first. Rotating disks are judged by what was learned from failures of such disks;
 * flash by rules on what every vendor reports, since nothing was learned from failures of flash.
 */
export function assessDisk(readings: readonly DiskReading[], model: DiskModel, options: AssessOptions): DiskOutlook {
  const newest = readings.at(-1);
  if (newest === undefined || saysNothing(newest)) return unknown(newest);
  const isFlash = newest.protocol === 'NVMe' || newest.medium === 'flash';
  return isFlash ? assessFlash(readings, newest, options) : assessLearned(readings, newest, model, options);
}

function saysNothing({ attributes, wear, passed }: DiskReading): boolean {
  return attributes.size === 0 && Object.keys(wear).length === 0 && passed === undefined;
}

function unknown(reading: DiskReading | undefined): DiskOutlook {
  return {
    device: reading?.device ?? '',
    serial: reading?.serial ?? '',
    model: reading?.model ?? '',
    basis: 'nothing',
    isFailing: false,
    p7: Number.NaN,
    p14: Number.NaN,
    p30: Number.NaN,
    drivers: [],
    replaceBy: undefined,
    notes: [reading?.problem ?? 'the device says nothing about its health'],
  };
}
