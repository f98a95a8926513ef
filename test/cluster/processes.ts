import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterError } from './cluster-error.ts';

/** A program in the background, known by `NAME.pid` in the run folder: its process id, then its command as JSON. Its output goes to `NAME.log`. */
export interface Program {
  readonly name: string;
  readonly command: readonly string[];
  /** What it gets in place of, or beside, this process's own. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts a program unless it runs already. It outlives this process. */
export function startProgram(run: string, { name, command, environment }: Program): void {
  if (runningPid(run, name) !== undefined) return;
  const [binary = '', ...args] = command;
  const log = openSync(logPath(run, name), 'a');
  const child = spawn(binary, args, {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, ...environment },
  });
  closeSync(log);
  child.on('error', () => undefined);
  child.unref();
  if (child.pid === undefined) throw new ClusterError(`cannot run ${binary}`);
  writeFileSync(pidPath(run, name), `${child.pid}\n${JSON.stringify(command)}\n`);
}

/** The process id of a program that runs: only if that process still has the command that was started. */
export function runningPid(run: string, name: string): number | undefined {
  if (!existsSync(pidPath(run, name))) return undefined;
  const [pid = '', command = '[]'] = readFileSync(pidPath(run, name), 'utf8').split('\n');
  return commandOf(pid) === (JSON.parse(command) as string[]).join('\0') ? Number(pid) : undefined;
}

/** Asks a program to end, and ends it when it has not after `graceSeconds`. */
export async function stopProgram(run: string, name: string, graceSeconds: number): Promise<void> {
  signal(run, name, graceSeconds > 0 ? 'SIGTERM' : 'SIGKILL');
  const deadline = performance.now() + graceSeconds * 1000;
  while (runningPid(run, name) !== undefined) {
    if (performance.now() > deadline) signal(run, name, 'SIGKILL');
    await sleep(20);
  }
  rmSync(pidPath(run, name), { force: true });
}

/** Ends a program at once without waiting: for the last moment of a process. */
export function signal(run: string, name: string, kind: 'SIGTERM' | 'SIGKILL'): void {
  const pid = runningPid(run, name);
  if (pid === undefined) return;
  try {
    process.kill(pid, kind);
  } catch {
    // It ended between the look and the signal.
  }
}

export function logPath(run: string, name: string): string {
  return join(run, `${name}.log`);
}

/** Where a program's log is and how it ends, for an error message. */
export function lastLines(run: string, name: string, count = 15): string {
  const path = logPath(run, name);
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const lines = text.trimEnd().split('\n').slice(-count);
  return `${path} ends with:\n${lines.map((line) => `  ${line.slice(0, 400)}`).join('\n')}`;
}

function pidPath(run: string, name: string): string {
  return join(run, `${name}.pid`);
}

function commandOf(pid: string): string | undefined {
  try {
    return readFileSync(`/proc/${Number(pid)}/cmdline`, 'utf8').replace(/\0$/, '');
  } catch {
    return undefined;
  }
}
