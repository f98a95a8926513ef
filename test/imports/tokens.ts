/** A word, a text in quotes (without them) or one character of punctuation, with its line (from 1). */
export interface Token {
  readonly kind: 'word' | 'string' | 'punctuation';
  readonly text: string;
  readonly line: number;
}

// In this order: what is left over after comments and texts is words and punctuation.
const pieces = [
  ['space', /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\//y],
  ['string', /'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"/y],
  ['word', /[\p{L}\p{N}_$#]+/uy],
] as const;
const regularExpression = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
const beforeExpression = /^(?:await|case|delete|do|else|in|instanceof|new|of|return|throw|typeof|void|yield)$/;

/**
 * The tokens of TypeScript source, as far as finding imports needs: comments and regular expressions are left out, of templates only the
 * expressions stay.
 */
export function tokensOf(source: string): Token[] {
  const reader = new Reader(source);
  reader.readUntil(undefined);
  return reader.tokens;
}

class Reader {
  readonly tokens: Token[] = [];
  readonly #source: string;
  #at = 0;
  #line = 1;

  constructor(source: string) {
    this.#source = source;
  }

  /** Reads up to and with the brace that closes a template's expression, or to the end. */
  readUntil(end: '}' | undefined): void {
    let depth = 0;
    while (this.#at < this.#source.length) {
      if (this.#takePiece() || this.#takeRegularExpression()) continue;
      const character = this.#source.charAt(this.#at);
      if (character === '`') {
        this.#takeTemplate();
        continue;
      }
      this.#advance(1);
      if (character === end && depth === 0) return;
      if (character === '{') depth += 1;
      if (character === '}') depth -= 1;
      this.#push('punctuation', character);
    }
  }

  #takePiece(): boolean {
    for (const [kind, pattern] of pieces) {
      const text = this.#match(pattern);
      if (text === undefined) continue;
      if (kind === 'word') this.#push(kind, text);
      if (kind === 'string') this.#push(kind, text.slice(1, -1));
      this.#advance(text.length);
      return true;
    }
    return false;
  }

  #takeRegularExpression(): boolean {
    const before = this.tokens.at(-1);
    const isDivision =
      before !== undefined &&
      (before.kind === 'punctuation' ? /[)\]}]/.test(before.text) : !beforeExpression.test(before.text));
    const text = isDivision ? undefined : this.#match(regularExpression);
    if (text === undefined) return false;
    // Stands for a value, so that a slash after it is a division.
    this.#push('word', 'regular expression');
    this.#advance(text.length);
    return true;
  }

  #takeTemplate(): void {
    this.#advance(1);
    while (this.#at < this.#source.length) {
      const text = this.#match(/(?:[^`\\$]|\\[\s\S]|\$(?!\{))+/y) ?? '';
      this.#advance(text.length);
      if (this.#source.startsWith('${', this.#at)) {
        this.#advance(2);
        this.readUntil('}');
      } else {
        this.#advance(1);
        break;
      }
    }
    this.#push('word', 'template');
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#source)?.[0];
  }

  #push(kind: Token['kind'], text: string): void {
    this.tokens.push({ kind, text, line: this.#line });
  }

  #advance(length: number): void {
    for (let i = 0; i < length; i += 1) if (this.#source[this.#at + i] === '\n') this.#line += 1;
    this.#at += length;
  }
}
