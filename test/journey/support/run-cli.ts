import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const repository = fileURLToPath(new URL('../../..', import.meta.url));
/** As in the first line of the program. */
export const programFlags = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=32'] as const;
export const commandLine = [...programFlags, fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url))];

/** What a command prints on stdout. Rejects with what it said on stderr when it fails. */
export async function runCli(args: readonly string[]): Promise<string> {
  const options = { cwd: repository, maxBuffer: 2 ** 26 };
  return (await promisify(execFile)(process.execPath, [...commandLine, ...args], options)).stdout;
}
