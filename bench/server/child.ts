import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { BarographError } from '../../src/core/errors.ts';
import { programFlags } from '../../test/journey/support/run-cli.ts';

/** What a process that serves tells the one that measures. */
export type Told =
  | {
      readonly kind: 'serving';
      readonly port: number;
      readonly authority: string;
      /** From the start of the wiring to the first request that could be taken. */
      readonly readyMilliseconds: number;
    }
  /** CPU that the process used so far, of all its threads. */
  | { readonly kind: 'cpu'; readonly milliseconds: number }
  | { readonly kind: 'published'; readonly publishMilliseconds: number; readonly swapMilliseconds: number };

export interface Child {
  readonly process: ChildProcess;
  readonly serving: Extract<Told, { kind: 'serving' }>;
}

export async function startChild(file: string, args: readonly string[]): Promise<Child> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), [...args], {
    execArgv: [...programFlags],
  });
  return { process: child, serving: await told(child, 'serving') };
}

export async function cpuOf({ process }: Child): Promise<number> {
  process.send('cpu');
  return (await told(process, 'cpu')).milliseconds;
}

export async function told<K extends Told['kind']>(child: ChildProcess, kind: K): Promise<Extract<Told, { kind: K }>> {
  const gone = new AbortController();
  const ended = (code: number): void => gone.abort(new BarographError('INTERNAL', `a server ended with ${code}`));
  child.once('exit', ended);
  try {
    for (;;) {
      const [message] = (await once(child, 'message', { signal: gone.signal })) as [Told];
      if (message.kind === kind) return message as Extract<Told, { kind: K }>;
    }
  } finally {
    child.off('exit', ended);
  }
}

/** Answers the questions that are the same for every process that serves. */
export function answerCpu(question: unknown): void {
  if (question !== 'cpu') return;
  const { user, system } = process.cpuUsage();
  tell({ kind: 'cpu', milliseconds: (user + system) / 1000 });
}

export function tell(message: Told): void {
  if (process.send === undefined) process.stdout.write(`${JSON.stringify({ ...message, pid: process.pid })}\n`);
  else process.send(message);
}
