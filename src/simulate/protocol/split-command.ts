import { BarographError } from '../../core/errors.ts';

/**
 * A command as a shell would split it: words between blanks, quotes of both kinds, a backslash before what is meant as it is; nothing else of a shell.
 * Throws POLICY_FAILED when it is empty or a quote is left open.
 */
export function splitCommand(command: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (const [piece, single, double, escaped, blank] of command.matchAll(
    /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|(\s+)|[^\s'"\\]+|["'\\]/gs,
  )) {
    if (blank !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    if (/^["'\\]$/.test(piece)) throw wrong(command, `a closing ${piece === '\\' ? 'character' : piece}`);
    word = (word ?? '') + (single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? piece);
  }
  if (word !== undefined) words.push(word);
  if (words.length === 0) throw wrong(command, 'a program');
  return words;
}

function wrong(command: string, expected: string): BarographError {
  return new BarographError('POLICY_FAILED', `expected ${expected} in the command of a policy, received '${command}'`);
}
