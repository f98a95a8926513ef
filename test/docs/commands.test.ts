import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { commandProblems, commandsOf, scriptProblems } from './commands.ts';
import { helpProblems, helpsOf, withHelp } from './help.ts';

function program(): Command {
  const disks = new Command('disks').description('look at disks');
  disks.command('train').description('learn').option('--once', 'a single time');
  return new Command('barograph')
    .addCommand(disks)
    .addCommand(new Command('serve').description('run').option('-c, --config <file>', 'a file'));
}

function document(...lines: string[]): { path: string; text: string } {
  return { path: 'docs/x.md', text: lines.join('\n') };
}

describe('commands in documents', () => {
  const commands = commandsOf(program());

  test.each([
    '`barograph serve --config=file`',
    '`npm run -s barograph -- serve -c x`',
    '`barograph disks train --once --help`',
    'barograph fly --high, in prose',
    '`the barograph knows`',
  ])('%s is right', (line) => {
    expect(commandProblems(document(line), commands)).toEqual([]);
  });

  test.each([
    ['`barograph fly`', 'barograph has no command fly'],
    ['`npx barograph serve --once`', 'barograph serve has no option --once'],
    ['`barograph disks train --config x`', 'barograph disks train has no option --config'],
  ])('%s is wrong', (line, problem) => {
    expect(commandProblems(document(line), commands)).toEqual([`docs/x.md:1: ${problem}`]);
  });

  test('go on after a backslash', () => {
    const lines = ['```sh', 'cat x | barograph serve \\', '  --wrong', '```'];
    expect(commandProblems(document(...lines), commands)).toEqual([
      'docs/x.md:2: barograph serve has no option --wrong',
    ]);
  });
});

test('scripts in documents are those of package.json', () => {
  expect(scriptProblems(document('`npm run check && npm run -s wrong`'), { check: '' })).toEqual([
    'docs/x.md:1: package.json has no script wrong',
  ]);
});

describe('the help of commands', () => {
  const helps = helpsOf(program());
  const empty = [...helps.keys()].map((path) => `\`\`\`${`text barograph ${path}`.trim()}\n\`\`\``);
  const text = withHelp(empty.join('\n\nbetween\n\n'), helps);

  test('is taken over into its blocks, and then found right', () => {
    expect(text).toContain('Usage: barograph disks train [options]\n\nlearn\n\nOptions:\n  --once ');
    expect(text.match(/between/g)).toHaveLength(helps.size - 1);
    expect(helpProblems(document(text), helps)).toEqual([]);
    expect(withHelp(text, helps)).toBe(text);
  });

  test('is found wrong, missing, or of no command', () => {
    const changed = text
      .replace('a single time', 'many times')
      .replace('```text barograph serve', '```text barograph fly');
    expect(helpProblems(document(changed), helps)).toEqual([
      expect.stringMatching(/:\d+: `barograph disks train --help` prints something else/),
      expect.stringMatching(/:\d+: barograph has no command fly/),
      'docs/x.md:1: the help of `barograph serve` is not shown',
    ]);
  });
});
