import type { Import } from './imports-of.ts';
import type { FolderRule } from './rules.ts';
import { folderOf, packageOf, resolveImport, type SourceFile } from './source-tree.ts';

/** Imports that point the wrong way, or at a file that is not there; one line each: `file:line: rule`. */
export function wrongDirections(
  files: readonly SourceFile[],
  rules: Readonly<Record<string, FolderRule>>,
): readonly string[] {
  const paths = new Set(files.map((file) => file.path));
  return files.flatMap((file) => {
    const folder = folderOf(file.path);
    if (folder === undefined) return [];
    const rule = rules[folder];
    if (rule === undefined) return [`${file.path}:1: the folder ${folder} has no row in test/imports/rules.ts`];
    return file.imports.flatMap((one) => {
      const wrong = judge(file.path, folder, rule, one, paths);
      return wrong === undefined ? [] : [`${file.path}:${one.line}: ${wrong}`];
    });
  });
}

function judge(
  path: string,
  folder: string,
  rule: FolderRule,
  { specifier }: Import,
  paths: ReadonlySet<string>,
): string | undefined {
  const target = resolveImport(path, specifier);
  if (target === undefined) {
    const name = packageOf(specifier);
    const isAllowed = rule.packages === undefined || rule.packages.includes(name);
    return isAllowed ? undefined : `${folder} may import no package but ${list(rule.packages)}, it imports ${name}`;
  }
  if (/\.(?:ts|mjs)$/.test(target) && !paths.has(target)) return `there is no file ${target}`;
  const to = folderOf(target);
  if (to === undefined || to === folder || rule.folders.includes(to)) return undefined;
  return `${folder} may import ${list(rule.folders)}, it imports ${target}`;
}

function list(names: readonly string[] | undefined): string {
  return names === undefined || names.length === 0 ? '(none)' : names.join(', ');
}
