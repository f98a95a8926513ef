import { describe, expect, test } from 'vitest';
import { importsOf } from './imports-of.ts';

const tick = '`';

function specifiers(source: string): string[] {
  return importsOf(source).map(({ specifier }) => specifier);
}

describe('imports are found', () => {
  test.each([
    ["import { a } from './a.ts';", './a.ts'],
    ['import { a } from "./a.ts"', './a.ts'],
    ["import a, { type B } from 'pkg';", 'pkg'],
    ["import type { A } from './a.ts';", './a.ts'],
    ["import * as a from 'pkg/sub';", 'pkg/sub'],
    ["import './effect.ts';", './effect.ts'],
    ["import { from } from './from.ts';", './from.ts'],
    ["const a = await import('./late.ts');", './late.ts'],
    ["type A = import('./types.ts').A;", './types.ts'],
    ["export { a } from './a.ts';", './a.ts'],
    ["export type { A } from './a.ts';", './a.ts'],
    ["export * from './all.ts';", './all.ts'],
    ["export * as all from './all.ts';", './all.ts'],
    ["new Worker(new URL('./thread.ts', import.meta.url));", './thread.ts'],
    ["import.meta.resolve('pkg');", 'pkg'],
    [`const text = ${tick}a \${await import('./inside.ts')} b${tick};`, './inside.ts'],
    ["const half = total / 2; import('./after.ts'); const x = 1 / 2;", './after.ts'],
    ["const quote = /['\"`]/g;\nimport { a } from './a.ts';", './a.ts'],
  ])('%s', (source, expected) => {
    expect(specifiers(source)).toEqual([expected]);
  });

  test('with their lines, over several of them', () => {
    const source = "// head\nimport {\n  a,\n  b,\n} from './a.ts';\n\n/* two\nlines */ import { c } from './c.ts';\n";
    expect(importsOf(source)).toEqual([
      { specifier: './a.ts', line: 5 },
      { specifier: './c.ts', line: 8 },
    ]);
  });
});

test.each([
  "// import { a } from './a.ts';",
  "/* import './a.ts' */",
  'const text = "import { a } from \'./a.ts\'";',
  "const text = `import { a } from './a.ts'`;",
  `const text = ${tick}nested \${${tick}import './a.ts'${tick}}${tick};`,
  "Array.from('abc'); export const from = 'abc';",
  "export type A = 'a' | 'b'; export const b = 'c';",
  "files.import('./a.ts'); const url = new URL('./docs/', import.meta.url);",
  "const pattern = /import '.\\/a.ts'/;",
])('nothing is found in %s', (source) => {
  expect(specifiers(source)).toEqual([]);
});
