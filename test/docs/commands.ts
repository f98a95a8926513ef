import { codeSpansOf, type Document, fencesOf, type Piece } from './markdown.ts';

/** The commands of `barograph` with the options (`--print`) of each; sub-commands are written with a space: `disks train`. */
export type Commands = ReadonlyMap<string, ReadonlySet<string>>;

/** What is used of a commander command. */
export interface CommandLike {
  name(): string;
  readonly commands: readonly CommandLike[];
  readonly options: readonly { readonly long?: string | undefined; readonly short?: string | undefined }[];
}

/** Every command of a program, with its own options and those of the commands above it. */
export function commandsOf(program: CommandLike): Commands {
  const found = new Map<string, ReadonlySet<string>>();
  const visit = (command: CommandLike, path: string, above: readonly string[]): void => {
    const own = command.options.flatMap(({ long, short }) => [long, short].filter((flag) => flag !== undefined));
    const options = [...above, ...own];
    if (path !== '') found.set(path, new Set([...options, '--help', '-h']));
    for (const inner of command.commands) visit(inner, `${path} ${inner.name()}`.trim(), options);
  };
  visit(program, '', ['--version', '-V']);
  return found;
}

/** `npm run X` of which package.json knows nothing. */
export function scriptProblems(document: Document, scripts: Readonly<Record<string, string>>): string[] {
  return codeOf(document).flatMap(({ text, line }) =>
    [...text.matchAll(/\bnpm run (?:-s |--silent )?([\w:.-]+)/g)].flatMap((match) => {
      const name = match[1] ?? '';
      return Object.hasOwn(scripts, name) ? [] : [`${document.path}:${line}: package.json has no script ${name}`];
    }),
  );
}

const call = /(?:^|&& |\| |\$ |npx |npm run )barograph(?: --(?= ))? ([a-z][\w-]*)((?: [^\s|&;>#]+)*)/g;

/** `barograph COMMAND --option` that the program does not have. */
export function commandProblems(document: Document, commands: Commands): string[] {
  return codeOf(document).flatMap(({ text, line }) =>
    [...text.matchAll(call)].flatMap((match) => {
      const [, first = '', rest = ''] = match;
      const words = rest.trim().split(/\s+/).filter(Boolean);
      const nested = `${first} ${words[0] ?? ''}`;
      const name = commands.has(nested) ? nested : first;
      const options = commands.get(name);
      if (options === undefined) return [`${document.path}:${line}: barograph has no command ${name}`];
      return words
        .filter((word) => /^--?[a-z]/.test(word))
        .map((word) => word.replace(/=.*$/, ''))
        .filter((flag) => !options.has(flag))
        .map((flag) => `${document.path}:${line}: barograph ${name} has no option ${flag}`);
    }),
  );
}

/** Code in the text and in blocks, lines that a backslash continues joined. */
function codeOf({ text }: Document): Piece[] {
  const blocks = fencesOf(text).flatMap(({ lines, line }) => {
    const pieces: Piece[] = [];
    let held = '';
    let start = line;
    for (const [index, content] of lines.entries()) {
      if (held === '') start = line + index;
      held += content.replace(/\\$/, '').trim();
      if (content.endsWith('\\')) held += ' ';
      else {
        pieces.push({ text: held, line: start });
        held = '';
      }
    }
    return pieces;
  });
  return [...codeSpansOf(text), ...blocks];
}
