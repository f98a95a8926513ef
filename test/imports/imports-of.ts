import { type Token, tokensOf } from './tokens.ts';

/** One place where a file names another module. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
}

/**
 * Every module that TypeScript source names: static and dynamic imports, imports of types, re-exports, `import.meta.resolve` and the
 * scripts of workers (`new URL('./x.ts', import.meta.url)`).
 */
export function importsOf(source: string): Import[] {
  const tokens = tokensOf(source);
  const found: Import[] = [];
  for (const [index, token] of tokens.entries()) {
    const specifier = token.kind === 'word' ? specifierAt(tokens, index) : undefined;
    if (specifier !== undefined) found.push({ specifier: specifier.text, line: specifier.line });
  }
  return found;
}

function specifierAt(tokens: readonly Token[], index: number): Token | undefined {
  if (isPunctuation(tokens[index - 1], '.')) return undefined;
  switch (tokens[index]?.text) {
    case 'import':
      return importAt(tokens, index + 1);
    case 'export':
      return exportAt(tokens, index + 1);
    case 'URL':
      return scriptAt(tokens, index + 1);
    default:
      return undefined;
  }
}

function importAt(tokens: readonly Token[], index: number): Token | undefined {
  const next = tokens[index];
  if (next?.kind === 'string') return next;
  if (isPunctuation(next, '(')) return asString(tokens[index + 1]);
  if (!isPunctuation(next, '.')) return fromAfter(tokens, index);
  const call = tokens.slice(index + 1, index + 4).map((token) => token.text);
  const isResolve = call.join(' ') === 'meta . resolve' && isPunctuation(tokens[index + 4], '(');
  return isResolve ? asString(tokens[index + 5]) : undefined;
}

/** `export {…} from`, `export * from`, both with `type`; not `export type X = …`. */
function exportAt(tokens: readonly Token[], index: number): Token | undefined {
  const start = tokens[index]?.text === 'type' ? index + 1 : index;
  if (isPunctuation(tokens[start], '*')) return fromAfter(tokens, start);
  if (!isPunctuation(tokens[start], '{')) return undefined;
  const end = tokens.findIndex((token, at) => at > start && isPunctuation(token, '}'));
  return tokens[end + 1]?.text === 'from' ? asString(tokens[end + 2]) : undefined;
}

function scriptAt(tokens: readonly Token[], index: number): Token | undefined {
  const [open, script, comma, base] = tokens.slice(index, index + 4);
  if (!isPunctuation(open, '(') || !isPunctuation(comma, ',') || base?.text !== 'import') return undefined;
  return script?.kind === 'string' && /^\.{1,2}\/.*\.(?:ts|js|mjs)$/.test(script.text) ? script : undefined;
}

function fromAfter(tokens: readonly Token[], index: number): Token | undefined {
  for (let at = index; at < tokens.length && !isPunctuation(tokens[at], ';'); at += 1) {
    const next = tokens[at + 1];
    if (tokens[at]?.text === 'from' && tokens[at]?.kind === 'word' && next?.kind === 'string') return next;
  }
  return undefined;
}

function asString(token: Token | undefined): Token | undefined {
  return token?.kind === 'string' ? token : undefined;
}

function isPunctuation(token: Token | undefined, text: string): boolean {
  return token?.kind === 'punctuation' && token.text === text;
}
