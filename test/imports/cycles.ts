import { folderOf, resolveImport, type SourceFile } from './source-tree.ts';

/** Cycles of files and of folders, each once: `a.ts → b.ts → a.ts`. Imports of types count too: they tie files together as well. */
export function importCycles(files: readonly SourceFile[]): readonly string[] {
  const byFile = new Map(
    files.map((file) => [
      file.path,
      file.imports.flatMap(({ specifier }) => resolveImport(file.path, specifier) ?? []),
    ]),
  );
  const byFolder = new Map<string, string[]>();
  for (const [path, targets] of byFile) {
    const folder = folderOf(path) ?? path;
    const to = targets.map((target) => folderOf(target) ?? target).filter((target) => target !== folder);
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), ...to]);
  }
  // Tests and benchmarks share what they measure with; only the product's folders must not form a ring.
  byFolder.delete('test');
  byFolder.delete('bench');
  return [...cyclesOf(byFile), ...cyclesOf(byFolder)].map(
    (ring) => `${ring[0]}:1: imports form a cycle: ${show(ring)}`,
  );
}

/** The first ring found through each node that is not yet in one: a depth-first walk that meets a node on its own path. */
export function cyclesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const done = new Set<string>();
  const found: string[][] = [];
  const path: string[] = [];
  const visit = (node: string): void => {
    const at = path.indexOf(node);
    if (at >= 0) found.push(path.slice(at));
    if (at >= 0 || done.has(node)) return;
    path.push(node);
    for (const target of new Set(graph.get(node))) visit(target);
    path.pop();
    done.add(node);
  };
  for (const node of graph.keys()) visit(node);
  return found;
}

function show(ring: readonly string[]): string {
  return [...ring, ring[0]].join(' → ');
}
