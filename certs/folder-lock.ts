import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BarographError } from '../src/core/errors.ts';

const name = '.lock';
const retryMilliseconds = 20;
// What is done under the lock is a few small files, without waiting: who holds it longer than this was killed.
const abandonedMilliseconds = 5000;

/**
 * Does something at once (it cannot wait) while no other process does so in the same folder. A lock that is held for five seconds counts as abandoned
 * and is taken away; its age is measured here, so that clocks of other machines on a shared file system do not matter. Throws CERTIFICATE_INVALID when
 * the folder cannot be written to.
 */
export async function whileLocked<T>(folder: string, section: () => T): Promise<T> {
  const path = join(folder, name);
  let seen: string | undefined;
  let sinceMilliseconds = 0;
  while (!create(path)) {
    const holder = identityOf(path);
    if (holder !== seen) {
      seen = holder;
      sinceMilliseconds = performance.now();
    } else if (holder !== undefined && performance.now() - sinceMilliseconds > abandonedMilliseconds) {
      rmSync(path, { force: true });
    }
    await new Promise((resolve) => setTimeout(resolve, retryMilliseconds));
  }
  try {
    return section();
  } finally {
    rmSync(path, { force: true });
  }
}

function create(path: string): boolean {
  try {
    closeSync(openSync(path, 'wx', 0o600));
    return true;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') return false;
    throw new BarographError('CERTIFICATE_INVALID', `cannot write ${path}`, { cause });
  }
}

function identityOf(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat && `${stat.ino} ${stat.mtimeMs}`;
}
