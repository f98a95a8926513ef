import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of a few mebibytes, in memory. */
export interface SmallDisk {
  readonly folder: string;
  /** Leaves no byte free. */
  fill(): void;
  /** Takes away what fill() wrote. */
  free(): void;
  remove(): void;
}

const chunk = Buffer.alloc(64 * 1024, 1);

/** Why no file system can be mounted here, undefined when one can. */
export function smallDiskMissing(): string | undefined {
  try {
    mountSmallDisk(1).remove();
    return undefined;
  } catch {
    return 'mounting a tmpfs needs root, or sudo without a password';
  }
}

export function mountSmallDisk(mebibytes: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'barograph-disk-'));
  const owner = `uid=${process.getuid?.() ?? 0},gid=${process.getgid?.() ?? 0}`;
  try {
    asRoot('mount', '-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=0700,${owner}`, 'barograph-test', folder);
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
  const ballast = join(folder, 'ballast');
  return {
    folder,
    fill: () => fill(ballast),
    free: () => rmSync(ballast, { force: true }),
    remove() {
      // Lazily: who still has a file open there does not keep the mount.
      asRoot('umount', '--lazy', folder);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function fill(path: string): void {
  const file = openSync(path, 'a');
  try {
    for (let size = chunk.length; size >= 1; size = Math.floor(size / 2))
      whileRoom(() => writeSync(file, chunk, 0, size));
  } finally {
    closeSync(file);
  }
}

function whileRoom(write: () => number): void {
  try {
    while (write() > 0);
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOSPC') throw error;
  }
}

function asRoot(command: string, ...args: readonly string[]): void {
  const [program, all] = process.getuid?.() === 0 ? [command, args] : ['sudo', ['-n', command, ...args]];
  execFileSync(program, [...all], { stdio: 'pipe' });
}
