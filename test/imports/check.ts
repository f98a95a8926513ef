// Prints every import that breaks a rule of the house as `file:line: rule`, and ends with 1 when there is one.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { importCycles } from './cycles.ts';
import { dependencyProblems, type PackageFile } from './dependencies.ts';
import { wrongDirections } from './direction.ts';
import { rules } from './rules.ts';
import { readTree } from './source-tree.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

const files = readTree(root);
const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as PackageFile;
const problems = [
  ...wrongDirections(files, rules),
  ...importCycles(files),
  ...dependencyProblems(files, manifest, programsOf),
];
for (const problem of problems) process.stdout.write(`${problem}\n`);
process.stdout.write(`imports: ${files.length} files, ${problems.length} problems\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

function programsOf(dependency: string): string[] {
  const path = `${root}node_modules/${dependency}/package.json`;
  if (!existsSync(path)) return [];
  const { bin } = JSON.parse(readFileSync(path, 'utf8')) as { bin?: string | Record<string, string> };
  if (typeof bin === 'string') return [dependency.replace(/^@[^/]+\//, '')];
  return Object.keys(bin ?? {});
}
