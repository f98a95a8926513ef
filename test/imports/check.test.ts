import { describe, expect, test } from 'vitest';
import { cyclesOf, importCycles } from './cycles.ts';
import { dependencyProblems } from './dependencies.ts';
import { wrongDirections } from './direction.ts';
import { importsOf } from './imports-of.ts';
import { rules } from './rules.ts';
import type { SourceFile } from './source-tree.ts';

const leaf = 'export const leaf = 1;';

function tree(sources: Readonly<Record<string, string>>): SourceFile[] {
  return Object.entries(sources).map(([path, source]) => ({ path, imports: importsOf(source) }));
}

describe('the direction of imports', () => {
  test('finds an import that points the wrong way, with its line', () => {
    const files = tree({
      'src/predict/a.ts': "// first\nimport type { B } from '../train/b.ts';",
      'src/train/b.ts': "import { a } from '../predict/a.ts';",
    });
    expect(wrongDirections(files, rules)).toEqual([
      'src/predict/a.ts:2: src/predict may import src/core, it imports src/train/b.ts',
    ]);
  });

  test.each([
    ['src/core/a.ts', '../knowledge/b.ts'],
    ['src/cluster/a.ts', '../collect/b.ts'],
    ['src/knowledge/a.ts', '../predict/b.ts'],
    ['src/train/a.ts', '../webhook/b.ts'],
    ['src/webhook/a.ts', '../extender/b.ts'],
    ['src/webhook/a.ts', '../server/b.ts'],
    ['src/server/a.ts', '../cli/b.ts'],
    ['src/cli/a.ts', '../../test/b.ts'],
    ['src/cli/a.ts', '../../bench/b.ts'],
    ['certs/a.ts', '../src/train/b.ts'],
  ])('%s may not import %s', (path, specifier) => {
    const target = new URL(specifier, `file:///${path}`).pathname.slice(1);
    const files = tree({ [path]: `import { b } from '${specifier}';`, [target]: leaf });
    expect(wrongDirections(files, rules)).toHaveLength(1);
  });

  test.each([
    ['src/webhook/a.ts', '../train/b.ts'],
    ['src/webhook/a.ts', '../predict/b.ts'],
    ['src/server/a.ts', '../../certs/b.ts'],
    ['src/cli/a.ts', '../server/b.ts'],
    ['test/web/a.ts', '../../src/cli/b.ts'],
  ])('%s may import %s', (path, specifier) => {
    const target = new URL(specifier, `file:///${path}`).pathname.slice(1);
    const files = tree({ [path]: `import { b } from '${specifier}';`, [target]: leaf });
    expect(wrongDirections(files, rules)).toEqual([]);
  });

  test('keeps packages and modules of Node out of the mathematics', () => {
    const files = tree({ 'src/predict/a.ts': "import { readFileSync } from 'node:fs';\nimport { z } from 'zod';" });
    expect(wrongDirections(files, rules)).toEqual([
      'src/predict/a.ts:1: src/predict may import no package but (none), it imports node:fs',
      'src/predict/a.ts:2: src/predict may import no package but (none), it imports zod',
    ]);
  });

  test('asks for a row for a new folder, and for files that are there', () => {
    const files = tree({ 'src/fresh/a.ts': leaf, 'src/core/a.ts': "import { b } from './b.ts';" });
    expect(wrongDirections(files, rules)).toEqual([
      'src/fresh/a.ts:1: the folder src/fresh has no row in test/imports/rules.ts',
      'src/core/a.ts:1: there is no file src/core/b.ts',
    ]);
  });

  test('is a table without rings, but for tests and benchmarks', () => {
    const graph = new Map(Object.entries(rules).map(([folder, { folders }]) => [folder, folders] as const));
    expect(cyclesOf(graph)).toEqual([['bench', 'test']]);
  });
});

describe('cycles', () => {
  test('are found between files, through types as well', () => {
    const files = tree({
      'src/core/a.ts': "import { b } from './b.ts';",
      'src/core/b.ts': "import type { C } from './c.ts';",
      'src/core/c.ts': "import { a } from './a.ts';",
      'src/core/d.ts': "import { a } from './a.ts';",
    });
    expect(importCycles(files)).toEqual([
      'src/core/a.ts:1: imports form a cycle: src/core/a.ts → src/core/b.ts → src/core/c.ts → src/core/a.ts',
    ]);
  });

  test('are found between folders where no two files form one', () => {
    const files = tree({
      'src/web/a.ts': "import { b } from '../simulate/b.ts';",
      'src/simulate/b.ts': leaf,
      'src/simulate/c.ts': "import { d } from '../web/d.ts';",
      'src/web/d.ts': leaf,
    });
    expect(importCycles(files)).toEqual(['src/web:1: imports form a cycle: src/web → src/simulate → src/web']);
  });
});

describe('dependencies', () => {
  const manifest = {
    dependencies: { zod: '4', yaml: '2' },
    devDependencies: { vitest: '5', '@scope/linter': '2', '@types/zod': '1', '@types/absent': '1', idle: '1' },
    scripts: { lint: 'node bootstrap.mjs linter check' },
  };
  const programsOf = (name: string): string[] => (name === '@scope/linter' ? ['linter'] : []);

  test('must be declared where they are used, and used where they are declared', () => {
    const files = tree({
      'src/core/a.ts': "import { z } from 'zod/mini';\nimport { test } from 'vitest';\nimport fs from 'node:fs';",
      'test/a.ts': "import { test } from 'vitest';\nimport yaml from 'yaml';\nimport x from '@scope/other/deep';",
    });
    expect(dependencyProblems(files, manifest, programsOf)).toEqual([
      'src/core/a.ts:2: vitest is not in dependencies of package.json',
      'test/a.ts:3: @scope/other is not in devDependencies or dependencies of package.json',
      'package.json:1: nothing in src or certs imports the dependency yaml',
      'package.json:1: nothing uses the development dependency @types/absent',
      'package.json:1: nothing uses the development dependency idle',
    ]);
  });
});
