import { expect } from 'vitest';

/** Expects ANNOTATION_INVALID whose message says what was expected and whose caret stands under a character (from 1). */
export function expectPointsAt(parse: () => unknown, text: string, character: number, expected: string): void {
  let thrown: unknown;
  try {
    thrown = { parsed: parse() };
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ code: 'ANNOTATION_INVALID' });
  const [first = '', shown, caret] = String((thrown as Error).message).split('\n');
  expect(first).toContain(`expected ${expected}`);
  expect(first).toContain(`at character ${character}, found ${character > text.length ? 'the end' : "'"}`);
  expect(shown).toBe(`  ${text}`);
  expect(caret).toBe(`  ${' '.repeat(character - 1)}^`);
}
