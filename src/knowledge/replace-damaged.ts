import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { BarographError } from '../core/errors.ts';

const fileName = 'knowledge.sqlite';
// SQLITE_CORRUPT and SQLITE_NOTADB: https://sqlite.org/rescode.html. Extended codes carry these in their low byte.
const damagedCodes = [11, 26];

/**
 * Puts a damaged database aside (`knowledge.sqlite.damaged-TIME`, with its journal), so that a server can begin anew in place of not starting at all: everything
 * in it is learned from the source again, but for old decisions. Returns the new path; undefined when the database is sound, or there is none. Reads the whole file:
 * about a second a gigabyte. Throws KNOWLEDGE_UNAVAILABLE when it cannot be read for another reason, or not be put aside.
 */
export function setDamagedAside(folder: string, nowMilliseconds: number): string | undefined {
  const path = join(folder, fileName);
  if (folder === ':memory:' || !existsSync(path) || isSound(path)) return undefined;
  const aside = `${path}.damaged-${new Date(nowMilliseconds).toISOString().replaceAll(':', '')}`;
  try {
    for (const suffix of ['-wal', '-shm', '']) {
      if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
    }
    return aside;
  } catch (cause) {
    throw new BarographError('KNOWLEDGE_UNAVAILABLE', `cannot put the damaged ${path} aside`, { cause });
  }
}

function isSound(path: string): boolean {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    const [row] = database.prepare('pragma quick_check(1)').all();
    return row?.quick_check === 'ok';
  } catch (cause) {
    const code = (cause as { errcode?: number }).errcode;
    if (code !== undefined && damagedCodes.includes(code & 0xff)) return false;
    throw new BarographError('KNOWLEDGE_UNAVAILABLE', `cannot read ${path}`, { cause });
  } finally {
    if (database?.isOpen === true) database.close();
  }
}
