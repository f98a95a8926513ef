import { posix } from 'node:path';
import { type Document, proseOf } from './markdown.ts';

/** Links between documents whose file or heading is not there. `exists` is asked for files that are no documents. */
export function linkProblems(documents: readonly Document[], exists: (path: string) => boolean): string[] {
  const anchors = new Map(documents.map(({ path, text }) => [path, anchorsOf(text)]));
  return documents.flatMap(({ path, text }) =>
    proseOf(text).flatMap(({ text: line, line: at }) =>
      targetsOf(line).flatMap((target) => {
        const problem = judge(path, target, anchors, exists);
        return problem === undefined ? [] : [`${path}:${at}: ${problem}`];
      }),
    ),
  );
}

function targetsOf(line: string): string[] {
  const withoutCode = line.replaceAll(/`[^`]*`/g, '');
  return [...withoutCode.matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g)].map((match) => match[1] ?? '');
}

function judge(
  from: string,
  target: string,
  anchors: ReadonlyMap<string, ReadonlySet<string>>,
  exists: (path: string) => boolean,
): string | undefined {
  if (/^[a-z]+:/i.test(target)) return undefined;
  const [file = '', anchor] = target.split('#');
  const path = file === '' ? from : posix.join(posix.dirname(from), file);
  const known = anchors.get(path);
  if (known === undefined && !exists(path)) return `the link to ${target} leads nowhere: there is no ${path}`;
  if (anchor === undefined || known === undefined || known.has(anchor)) return undefined;
  return `the link to ${target} leads nowhere: ${path} has no heading #${anchor}`;
}

/** The anchors that GitHub gives to headings: lower case, without punctuation, spaces as dashes, repeated ones numbered. */
function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const { text: line } of proseOf(text)) {
    const heading = /^#{1,6}\s+(.+?)\s*#*$/.exec(line)?.[1];
    if (heading === undefined) continue;
    const base = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-');
    let anchor = base;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${base}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}
