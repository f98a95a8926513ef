import { execFile } from 'node:child_process';
import { BarographError } from '../../src/core/errors.ts';

export interface RunOptions {
  readonly seconds?: number;
  /** What it reads from its standard input. */
  readonly input?: string;
}

/** Runs a program to its end and gives what it printed. Throws with what it said when it fails. */
export async function run(command: readonly string[], options: RunOptions = {}): Promise<string> {
  return (await runBoth(command, options)).stdout;
}

/** The same, with what it said on its standard error. */
export function runBoth(
  command: readonly string[],
  { seconds = 90, input }: RunOptions = {},
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const [program = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const options = { timeout: seconds * 1000, killSignal: 'SIGKILL', maxBuffer: 2 ** 28 } as const;
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) resolve({ stdout, stderr });
      else reject(failure(command, error.killed ? `no end within ${seconds} s` : stderr.trim().slice(-600), error));
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input ?? '');
  });
}

function failure(command: readonly string[], said: string, cause: unknown): BarographError {
  return new BarographError('INTERNAL', `'${command.join(' ')}' failed: ${said}`, { cause });
}
