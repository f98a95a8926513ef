import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A Markdown file, by its path from the package's root. */
export interface Document {
  readonly path: string;
  readonly text: string;
}

/** A fenced block: what stands after the fence (`yaml barograph`), its lines, and the line (from 1) of the first of them. */
export interface Fence {
  readonly info: string;
  readonly lines: readonly string[];
  readonly line: number;
}

/** A piece of a line outside of fences, with its line (from 1). */
export interface Piece {
  readonly text: string;
  readonly line: number;
}

const leftOut = new Set(['node_modules', 'dist', 'fixtures']);

/** Every Markdown file of the package, but for what is installed, built or recorded. */
export function readDocuments(root: string): Document[] {
  return markdownIn(root, '').map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

function markdownIn(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}${entry.name}`;
      if (!entry.isDirectory()) return entry.name.endsWith('.md') ? [path] : [];
      return entry.name.startsWith('.') || leftOut.has(entry.name) ? [] : markdownIn(root, `${path}/`);
    });
}

export function fencesOf(text: string): Fence[] {
  return split(text).fences;
}

/** Lines outside of fences. */
export function proseOf(text: string): Piece[] {
  return split(text).prose;
}

/** What stands between backticks outside of fences. */
export function codeSpansOf(text: string): Piece[] {
  return proseOf(text).flatMap(({ text: line, line: at }) =>
    [...line.matchAll(/(`+)(.+?)\1/g)].map((match) => ({ text: (match[2] ?? '').trim(), line: at })),
  );
}

/** The rows of all tables, cells without the white space around them; the line under a head is left out. */
export function tableRowsOf(text: string): { readonly cells: readonly string[]; readonly line: number }[] {
  return proseOf(text)
    .filter(({ text: line }) => /^\s*\|.*\|\s*$/.test(line) && !/^[\s|:-]+$/.test(line))
    .map(({ text: line, line: at }) => ({
      cells: line
        .trim()
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim().replaceAll('\\|', '|')),
      line: at,
    }));
}

/** The text between the backticks of a cell that is nothing but code. */
export function asCode(cell: string | undefined): string | undefined {
  return /^`([^`]*)`$/.exec(cell ?? '')?.[1];
}

function split(text: string): { fences: Fence[]; prose: Piece[] } {
  const fences: Fence[] = [];
  const prose: Piece[] = [];
  let open: { info: string; lines: string[]; line: number } | undefined;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const fence = /^\s*```(.*)$/.exec(line);
    if (open !== undefined && fence !== null) {
      fences.push(open);
      open = undefined;
    } else if (open !== undefined) open.lines.push(line);
    else if (fence !== null) open = { info: (fence[1] ?? '').trim(), lines: [], line: index + 2 };
    else prose.push({ text: line, line: index + 1 });
  }
  if (open !== undefined) fences.push(open);
  return { fences, prose };
}
