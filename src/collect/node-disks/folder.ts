import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DiskReading } from '../../core/disk.ts';
import { BarographError } from '../../core/errors.ts';
import { type Logger, redactedError } from '../../core/log.ts';
import { readDiskFile } from '../smart/read-disk-file.ts';
import type { NodeDiskReading, NodeDiskSource } from './node-disk-source.ts';

export interface FolderOptions {
  readonly path: string;
  readonly logger: Logger;
}

interface KeptFile {
  readonly modifiedMilliseconds: number;
  readonly readings: readonly NodeDiskReading[];
}

/**
 * A folder that somebody writes: in it one folder for each machine, in that any files that `smartctl --json`, `ceph device get-health-metrics` or
 * smartctl_exporter printed. Several files of a disk are its history. A file that cannot be read is passed over, and said once.
 */
export function createDiskFolder({ path, logger }: FolderOptions): NodeDiskSource {
  const kept = new Map<string, KeptFile>();

  async function readFolder(node: string, signal: AbortSignal | undefined): Promise<NodeDiskReading[]> {
    const readings: NodeDiskReading[] = [];
    for (const file of (await readdir(join(path, node), { withFileTypes: true })).filter((entry) => entry.isFile())) {
      signal?.throwIfAborted();
      if (!file.name.startsWith('.')) readings.push(...(await readOne(node, join(path, node, file.name))));
    }
    return readings;
  }

  async function readOne(node: string, file: string): Promise<readonly NodeDiskReading[]> {
    const { mtimeMs } = await stat(file);
    const before = kept.get(file);
    if (before?.modifiedMilliseconds === mtimeMs) return before.readings;
    let readings: readonly NodeDiskReading[] = [];
    try {
      readings = readDiskFile(await readFile(file, 'utf8'), file).map((one) => ({
        node,
        reading: dated(one, mtimeMs),
      }));
    } catch (error) {
      logger.warn({ file, error: redactedError(error) }, 'a file of disk readings cannot be read');
    }
    kept.set(file, { modifiedMilliseconds: mtimeMs, readings });
    return readings;
  }

  return {
    kind: 'folder',
    async read(signal) {
      try {
        const entries = await readdir(path, { withFileTypes: true });
        const nodes = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
        const readings = [];
        for (const { name } of nodes) readings.push(...(await readFolder(name, signal)));
        return readings.toSorted((one, other) => one.reading.timeSeconds - other.reading.timeSeconds);
      } catch (cause) {
        signal?.throwIfAborted();
        throw new BarographError('SOURCE_UNAVAILABLE', `expected folders of disk readings in ${path}`, { cause });
      }
    },
    close: () => kept.clear(),
  };
}

/** A page of smartctl_exporter does not say when it was made. */
function dated(reading: DiskReading, modifiedMilliseconds: number): NodeDiskReading['reading'] {
  return { ...reading, timeSeconds: reading.timeSeconds ?? modifiedMilliseconds / 1000 };
}
