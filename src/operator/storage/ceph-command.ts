import { execFile } from 'node:child_process';
import { BarographError } from '../../core/errors.ts';

export interface CephCommandOptions {
  /** The program and what comes before a command's own words: `['ceph', '--id', 'barograph']`, or `kubectl exec … -- ceph`. */
  readonly command: readonly string[];
  readonly timeoutSeconds: number;
}

/** The ceph command. Each call throws SOURCE_UNAVAILABLE when it cannot be run, ends with another code than 0, or is not done in time. */
export interface CephCommand {
  /** For commands that only read; their answer as JSON. */
  read(words: readonly string[], signal?: AbortSignal): Promise<unknown>;
  /** For commands that change something; what it said. */
  change(words: readonly string[], signal?: AbortSignal): Promise<string>;
}

const mostBytes = 64 * 2 ** 20;

export function createCephCommand({ command, timeoutSeconds }: CephCommandOptions): CephCommand {
  const [program = 'ceph', ...before] = command;

  function run(words: readonly string[], signal: AbortSignal | undefined): Promise<{ stdout: string; stderr: string }> {
    const options = { timeout: timeoutSeconds * 1000, maxBuffer: mostBytes, ...(signal && { signal }) };
    return new Promise((resolve, reject) => {
      execFile(program, [...before, ...words], options, (error, stdout, stderr) => {
        if (error === null) return resolve({ stdout, stderr });
        // Without the cause: its message repeats the whole command line, and so perhaps a key.
        reject(
          unavailable(words, error.killed === true ? `no end within ${timeoutSeconds} s` : whatItSaid(stderr, error)),
        );
      });
    });
  }

  return {
    async read(words, signal) {
      const { stdout } = await run([...words, '--format', 'json'], signal);
      try {
        return JSON.parse(stdout) as unknown;
      } catch {
        throw unavailable(words, `${stdout.length} bytes that are no JSON`);
      }
    },
    async change(words, signal) {
      const { stdout, stderr } = await run(words, signal);
      return (stdout.trim() || stderr.trim()).slice(0, 300);
    },
  };
}

function whatItSaid(stderr: string, error: { readonly code?: unknown }): string {
  const last = stderr.trim().split('\n').at(-1) ?? '';
  return `exit code ${String(error.code)}${last === '' ? '' : `: ${last.slice(0, 300)}`}`;
}

function unavailable(words: readonly string[], received: string): BarographError {
  return new BarographError('SOURCE_UNAVAILABLE', `ceph ${words.join(' ')}: expected an answer, received ${received}`);
}
