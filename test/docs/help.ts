import type { CommandLike } from './commands.ts';
import { type Document, fencesOf } from './markdown.ts';

/** What `barograph COMMAND --help` prints, by the command (`disks train`); the program's own by the empty text. */
export type Helps = ReadonlyMap<string, string>;

interface HelpingCommand extends CommandLike {
  readonly commands: readonly HelpingCommand[];
  configureHelp(configuration: { helpWidth: number }): unknown;
  helpInformation(): string;
}

// As wide as a page shows it without a scroll bar.
const helpWidth = 100;
const infoPattern = /^text barograph(?: (.+))?$/;

/** The help of a program and of all commands below it. Sets their width for good. */
export function helpsOf(program: HelpingCommand): Helps {
  const found = new Map<string, string>();
  const visit = (command: HelpingCommand, path: string): void => {
    command.configureHelp({ helpWidth });
    found.set(path, command.helpInformation().trimEnd());
    for (const inner of command.commands) visit(inner, `${path} ${inner.name()}`.trim());
  };
  visit(program, '');
  return found;
}

/** Commands whose help does not stand in a block marked `text barograph COMMAND`, and blocks that say something else than the command. */
export function helpProblems(document: Document, helps: Helps): string[] {
  const blocks = fencesOf(document.text).flatMap(({ info, lines, line }) => {
    const match = infoPattern.exec(info);
    return match === null ? [] : [{ path: match[1] ?? '', text: lines.join('\n').trimEnd(), line }];
  });
  const shown = new Set(blocks.map(({ path }) => path));
  return [
    ...blocks.flatMap(({ path, text, line }) => {
      const place = `${document.path}:${line}`;
      const help = helps.get(path);
      if (help === undefined) return [`${place}: barograph has no command ${path}`];
      return text === help ? [] : [`${place}: \`${called(path)} --help\` prints something else; --write takes it over`];
    }),
    ...[...helps.keys()]
      .filter((path) => !shown.has(path))
      .map((path) => `${document.path}:1: the help of \`${called(path)}\` is not shown`),
  ];
}

/** The text with every such block as the command has it now. */
export function withHelp(text: string, helps: Helps): string {
  return text.replaceAll(/^```(text barograph(?: .+)?)\n[\s\S]*?^```$/gm, (block, info: string) => {
    const help = helps.get(infoPattern.exec(info)?.[1] ?? '');
    return help === undefined ? block : `\`\`\`${info}\n${help}\n\`\`\``;
  });
}

function called(path: string): string {
  return `barograph ${path}`.trim();
}
