import { readdir, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { BarographError } from '../core/errors.ts';

/** The file itself, or every .csv file below a folder, sorted. Throws TRACE_INVALID. */
export async function listTraceFiles(path: string): Promise<string[]> {
  try {
    if ((await stat(path)).isFile()) return [path];
    const names = await readdir(path, { recursive: true });
    // A mounted ConfigMap holds every file twice, the second time below a hidden folder.
    const isHidden = (name: string): boolean => name.split(sep).some((part) => part.startsWith('.'));
    const files = names.filter((name) => name.endsWith('.csv') && !isHidden(name));
    return files.sort().map((name) => join(path, name));
  } catch (cause) {
    throw new BarographError('TRACE_INVALID', `expected a trace file or a folder of them at ${path}`, { cause });
  }
}

/** Changes when a file comes, goes, grows or is written anew. Throws TRACE_INVALID. */
export async function traceVersion(path: string): Promise<string> {
  const versions: string[] = [];
  for (const file of await listTraceFiles(path)) {
    try {
      const { ino, size, mtimeMs } = await stat(file);
      versions.push(`${file} ${ino} ${size} ${mtimeMs}`);
    } catch (cause) {
      throw unreadable(file, cause);
    }
  }
  return versions.join('\n');
}

export function unreadable(path: string, cause: unknown): BarographError {
  return new BarographError('TRACE_INVALID', `cannot read ${path}`, { cause });
}
