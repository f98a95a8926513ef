import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitCommand } from '../../../src/simulate/protocol/split-command.ts';

describe('a command is split as a shell would', () => {
  test.each([
    ['python3 policies.py  krr --floors', ['python3', 'policies.py', 'krr', '--floors']],
    [`run 'a b' "c d"e \\ f`, ['run', 'a b', 'c de', ' f']],
    [`x "say \\"hi\\" \\n" ''`, ['x', 'say "hi" \\n', '']],
    ['  one\ttwo\nthree ', ['one', 'two', 'three']],
  ])('%s', (command, words) => {
    expect(splitCommand(command)).toEqual(words);
  });

  test.each(['', '   ', `say 'hi`, 'say "hi', 'end\\'])('%j is refused', (command) => {
    expect(() => splitCommand(command)).toThrow(/in the command of a policy/);
  });

  test('words in single quotes come out as they went in', () => {
    const word = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll("'", ''));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), (words) => {
        expect(splitCommand(words.map((one) => `'${one}'`).join(' '))).toEqual(words);
      }),
    );
  });
});
