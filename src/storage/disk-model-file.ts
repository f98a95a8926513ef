import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BarographError } from '../core/errors.ts';
import type { DiskModel } from '../predict/disk/disk-model.ts';
import { parseDiskModel } from '../predict/disk/parse-model.ts';

/** What `barograph disks train` wrote to a file, or what comes with the package. Throws OUTLOOK_MISSING, OUTLOOK_INVALID. */
export function readDiskModel(path: string | undefined): DiskModel {
  const from = path ?? shippedModel();
  return parseDiskModel(readFileSync(from, 'utf8'), from);
}

function shippedModel(): string {
  const found = ['../../data/disks/model.json', '../../../data/disks/model.json']
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find(existsSync);
  if (found === undefined) throw new BarographError('OUTLOOK_MISSING', 'expected data/disks/model.json in the package');
  return found;
}
