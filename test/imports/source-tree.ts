import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { type Import, importsOf } from './imports-of.ts';

/** A file, by its path from the package's root with forward slashes, and what it imports. */
export interface SourceFile {
  readonly path: string;
  readonly imports: readonly Import[];
}

const roots = ['src', 'certs', 'kernel', 'bench', 'test'];

/** All TypeScript and JavaScript files of the package; fixtures and the programs that tests bring along are no part of it. */
export function readTree(root: string): SourceFile[] {
  const single = readdirSync(root).filter((name) => /\.(?:ts|mjs)$/.test(name));
  return [...single, ...roots.flatMap((folder) => filesIn(root, folder))].map((path) => ({
    path,
    imports: importsOf(readFileSync(join(root, path), 'utf8')),
  }));
}

function filesIn(root: string, folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return entry.name === 'fixtures' ? [] : filesIn(root, path);
      return /\.(?:ts|mjs)$/.test(entry.name) ? [path] : [];
    });
}

/** The path that a relative import means; undefined for a package's name. */
export function resolveImport(from: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? posix.join(dirname(from), specifier) : undefined;
}

/** The folder that a rule is for: `src/core`, `certs`, `test`; undefined for files at the root. */
export function folderOf(path: string): string | undefined {
  const parts = path.split('/');
  if (parts.length === 1) return undefined;
  return parts[0] === 'src' ? parts.slice(0, Math.min(2, parts.length - 1)).join('/') : parts[0];
}

/** The package of a bare specifier: `@scope/name/sub` → `@scope/name`; modules of Node keep their `node:`. */
export function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
