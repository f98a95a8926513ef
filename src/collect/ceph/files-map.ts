import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import type { DiskReading } from '../../core/disk.ts';
import { BarographError } from '../../core/errors.ts';
import { readCephHealth } from '../smart/ceph-health.ts';
import { type ClusterMap, clusterMapOf } from './cluster-map.ts';
import type { CephDocuments, DeviceOfOsd } from './documents.ts';
import { mapHoldsSeconds } from './held-map.ts';
import { parseJson } from './json-text.ts';

/** Files that somebody writes who may ask Ceph: what its commands print with `--format json`. A file of more than an hour ago is refused. */
export class FilesMap implements CephDocuments {
  readonly #folder: string;
  readonly #clock: Clock;

  constructor(folder: string, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
  }

  async readMap(): Promise<ClusterMap> {
    const [osdDump, crush, health] = await Promise.all([
      this.#json('osd-dump.json'),
      this.#json('crush-dump.json'),
      this.#json('health.json').catch((error: unknown) => ifAbsent(error)),
    ]);
    return clusterMapOf({ osdDump, crush, health }, this.#folder);
  }

  async readDevice({ id }: DeviceOfOsd): Promise<readonly DiskReading[]> {
    // An id is part of a path here: nothing in it may lead out of the folder.
    const path = join(this.#folder, 'devices', `${id.replaceAll(/[^\w.:+-]/g, '_')}.json`);
    try {
      return readCephHealth(await readFile(path, 'utf8'), path);
    } catch (cause) {
      if (cause instanceof BarographError) throw cause;
      throw new BarographError('SOURCE_UNAVAILABLE', `cannot read ${path}`, { cause });
    }
  }

  close(): void {}

  async #json(name: string): Promise<unknown> {
    const path = join(this.#folder, name);
    const [text, { mtimeMs }] = await this.#read(path);
    const age = this.#clock.nowSeconds() - mtimeMs / 1000;
    if (age > mapHoldsSeconds) {
      const message = `${path}: expected a file of the last hour, received one of ${Math.round(age / 60)} minutes ago`;
      throw new BarographError('SOURCE_UNAVAILABLE', message);
    }
    return parseJson(text, path);
  }

  async #read(path: string): Promise<[string, { readonly mtimeMs: number }]> {
    try {
      return await Promise.all([readFile(path, 'utf8'), stat(path)]);
    } catch (cause) {
      throw new BarographError('SOURCE_UNAVAILABLE', `cannot read ${path}, a file of storage.ceph.map.path`, { cause });
    }
  }
}

function ifAbsent(error: unknown): undefined {
  const cause = error instanceof BarographError ? error.cause : undefined;
  if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
  throw error;
}
