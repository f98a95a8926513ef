import type { NodeDiskReading } from '../collect/node-disks/node-disk-source.ts';
import type { DiskReading } from '../core/disk.ts';
import { assessDisk } from '../predict/disk/assess.ts';
import type { DiskModel } from '../predict/disk/disk-model.ts';
import type { DiskOutlook } from '../predict/disk/disk-outlook.ts';
import { deviceNameOf, isSerial, type NodeDisk } from './node-disks.ts';

export interface NodeDiskModelsOptions {
  readonly model: DiskModel;
  /** The chance of a failure before its replacement that is taken. */
  readonly replacementRisk: number;
  /** A disk that was not read for this long is gone. */
  readonly forgetSeconds: number;
}

interface Disk {
  readonly node: string;
  readonly readings: DatedReading[];
  assessed: { readonly newest: DiskReading; readonly day: number; readonly outlook: DiskOutlook } | undefined;
}

type DatedReading = NodeDiskReading['reading'];

const day = 86_400;
/** One a day: what the model was learned from. Changes are looked at over 30 days. */
const mostReadings = 40;

/** What is expected of the disks of machines, learned from their readings. */
export class NodeDiskModels {
  readonly #options: NodeDiskModelsOptions;
  readonly #disks = new Map<string, Disk>();

  constructor(options: NodeDiskModelsOptions) {
    this.#options = options;
  }

  /** Readings of a disk oldest first; what was taken before may come again. */
  take(readings: readonly NodeDiskReading[]): void {
    for (const { node, reading } of readings) {
      const key = keyOf(node, reading);
      const disk = this.#disks.get(key) ?? { node, readings: [], assessed: undefined };
      // Moved to another machine, it is there now.
      this.#disks.set(key, disk.node === node ? disk : { ...disk, node });
      keep(disk.readings, reading);
    }
  }

  disks(nowSeconds: number): NodeDisk[] {
    const found: NodeDisk[] = [];
    for (const [key, disk] of this.#disks) {
      const newest = disk.readings.at(-1);
      if (newest === undefined || nowSeconds - newest.timeSeconds > this.#options.forgetSeconds)
        this.#disks.delete(key);
      else found.push(this.#disk(disk, newest, nowSeconds));
    }
    return found;
  }

  #disk(disk: Disk, newest: DatedReading, nowSeconds: number): NodeDisk {
    const { model, replacementRisk } = this.#options;
    const today = Math.floor(nowSeconds / day);
    if (disk.assessed?.newest !== newest || disk.assessed.day !== today) {
      const outlook = assessDisk(disk.readings, model, { risk: replacementRisk, today });
      disk.assessed = { newest, day: today, outlook };
    }
    const { node } = disk;
    const { outlook } = disk.assessed;
    const device = deviceNameOf(newest.device);
    return { node, device, ids: [], osd: undefined, outlook, readSeconds: newest.timeSeconds };
  }
}

function keyOf(node: string, { serial, model, device }: DiskReading): string {
  return isSerial(serial) ? `${model} ${serial}` : `${node} ${device}`;
}

function keep(readings: DatedReading[], reading: DatedReading): void {
  const last = readings.at(-1);
  if (last !== undefined && last.timeSeconds >= reading.timeSeconds) {
    if (last.timeSeconds === reading.timeSeconds) readings[readings.length - 1] = sameOr(last, reading);
    return;
  }
  if (last !== undefined && Math.floor(last.timeSeconds / day) === Math.floor(reading.timeSeconds / day))
    readings.pop();
  readings.push(reading);
  if (readings.length > mostReadings) readings.shift();
}

/** A file that did not change is the same reading: nothing is assessed anew. */
function sameOr(last: DatedReading, reading: DatedReading): DatedReading {
  return last.attributes === reading.attributes ? last : reading;
}
