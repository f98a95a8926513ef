import { BarographError } from './errors.ts';

/** Reads an annotation from left to right and reports errors with a caret under the character. White space is free. */
export class Scanner {
  readonly text: string;
  readonly what: string;
  position = 0;

  constructor(what: string, text: string) {
    this.what = what;
    this.text = text;
    this.skipSpace();
  }

  /** Takes what `pattern` (sticky) matches here, with the white space after it; undefined when it does not match. */
  take(pattern: RegExp): string | undefined {
    const sticky = new RegExp(pattern.source, `${pattern.flags.replace('y', '')}y`);
    sticky.lastIndex = this.position;
    const match = sticky.exec(this.text);
    if (match === null || match[0] === '') return undefined;
    this.position += match[0].length;
    this.skipSpace();
    return match[0];
  }

  expect(pattern: RegExp, expected: string): string {
    const start = this.position;
    const taken = this.take(pattern);
    if (taken === undefined) this.fail(expected, start);
    return taken;
  }

  get atEnd(): boolean {
    return this.position >= this.text.length;
  }

  expectEnd(expected = 'the end'): void {
    if (!this.atEnd) this.fail(expected);
  }

  fail(expected: string, at = this.position): never {
    const found = at >= this.text.length ? 'the end' : `'${this.text.slice(at, at + 12)}'`;
    throw new BarographError(
      'ANNOTATION_INVALID',
      `${this.what}: expected ${expected} at character ${at + 1}, found ${found}\n  ${this.text}\n  ${' '.repeat(at)}^`,
    );
  }

  private skipSpace(): void {
    while (this.text[this.position] === ' ' || this.text[this.position] === '\t') this.position += 1;
  }
}
