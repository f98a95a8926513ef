import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { gunzipSync, gzipSync } from 'node:zlib';
import { frame, unframe } from '../core/framing.ts';
import { type Logger, redactedError } from '../core/log.ts';
import type { SavedStorage, StorageModels } from './storage-models.ts';

/** What was learned of storage, in a file beside the knowledge base: of one process, and of no use to others. */
export interface StorageMemory {
  /** Begins anew, and says so, where the file is damaged or of another version. */
  readInto(models: StorageModels): void;
  write(saved: SavedStorage): void;
}

const fileName = 'storage.bin';
const kind = 'storage';
const version = 1;

/** undefined where the knowledge base is in memory. */
export function openStorageMemory(folder: string, logger: Logger): StorageMemory | undefined {
  if (folder === ':memory:') return undefined;
  const path = join(folder, fileName);
  return {
    readInto(models) {
      try {
        const bytes = readIfThere(path);
        if (bytes === undefined) return;
        // Only what this process wrote has the checksum; nothing of it is code.
        const [part = new Uint8Array()] = unframe(kind, version, bytes);
        models.restore(deserialize(gunzipSync(part)) as SavedStorage);
      } catch (error) {
        logger.warn(
          { path, error: redactedError(error) },
          'what was learned of storage cannot be read; it is learned anew',
        );
      }
    },
    write(saved) {
      try {
        mkdirSync(folder, { recursive: true });
        // Whole or not at all, whatever happens to the process meanwhile.
        writeFileSync(`${path}.new`, frame(kind, version, [gzipSync(serialize(saved))]));
        renameSync(`${path}.new`, path);
      } catch (error) {
        logger.warn({ path, error: redactedError(error) }, 'what was learned of storage cannot be written');
      }
    },
  };
}

function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
