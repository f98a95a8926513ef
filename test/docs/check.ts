// Prints every place where the documents and the code disagree as `file:line: what`, and ends with 1 when there is one.
//   --write    first takes over into docs/cli.md what the commands say of themselves
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createProgram } from '../../src/cli/program.ts';
import { configSchema } from '../../src/core/config.ts';
import { errorCodes } from '../../src/core/errors.ts';
import { annotationExampleProblems, annotationProblems, keysInSource } from './annotations.ts';
import { commandProblems, commandsOf, scriptProblems } from './commands.ts';
import { configurationExampleProblems, configurationProblems } from './configuration.ts';
import { errorProblems } from './errors.ts';
import { helpProblems, helpsOf, withHelp } from './help.ts';
import { linkProblems } from './links.ts';
import { type Document, readDocuments } from './markdown.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
const commands = commandsOf(createProgram());
const helps = helpsOf(createProgram());
if (process.argv.includes('--write')) takeOverHelp('docs/cli.md');

const documents = readDocuments(root);
const problems = [
  ...errorProblems(document('docs/errors.md'), errorCodes),
  ...configurationProblems(document('docs/configuration.md'), configSchema),
  ...annotationProblems(document('docs/annotations.md'), keysInSource(sources('src'))),
  ...helpProblems(document('docs/cli.md'), helps),
  ...linkProblems(documents, (path) => existsSync(join(root, path))),
  ...documents.flatMap((one) => [
    ...configurationExampleProblems(one, configSchema),
    ...annotationExampleProblems(one),
    ...scriptProblems(one, scripts),
    ...commandProblems(one, commands),
  ]),
];
for (const problem of problems) process.stdout.write(`${problem}\n`);
process.stdout.write(`docs: ${documents.length} documents, ${problems.length} problems\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

function document(path: string): Document {
  return documents.find((one) => one.path === path) ?? { path, text: '' };
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(root, folder, name), 'utf8'));
}

function takeOverHelp(path: string): void {
  const text = readFileSync(join(root, path), 'utf8');
  writeFileSync(join(root, path), withHelp(text, helps));
}
