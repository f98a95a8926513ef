import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { linesOf } from '../../collect/trace-lines.ts';
import { BarographError } from '../../core/errors.ts';
import type { PerResource } from '../../core/resource.ts';
import type { Advice, PolicySetup, PolicyStep } from '../policy.ts';
import { readReady, readRecommendation } from './answer.ts';
import { splitCommand } from './split-command.ts';

const closeMilliseconds = 10_000;

/** A policy that is a program: it is started, told everything by the policy protocol, and ended by the end of its input. */
export class CommandPolicy {
  readonly #command: string;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: AsyncGenerator<string>;
  readonly #gone = Promise.withResolvers<undefined>();
  #ended: string | undefined;
  #count = 0;

  /** Its standard error is this process's. Throws POLICY_FAILED when the command cannot be read. */
  constructor(command: string) {
    const [program = '', ...args] = splitCommand(command);
    this.#command = command;
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.once('error', (error) => this.#end(`it cannot be started: ${error.message}`));
    this.#child.once('exit', (code, signal) => this.#end(signal ? `ended by ${signal}` : `exit status ${code}`));
    // A program that has gone is noticed where its answer is missing.
    this.#child.stdin.on('error', () => {});
    this.#answers = answersOf(this.#child.stdout);
  }

  /** Tells which containers there are; gives the policy's name. Throws POLICY_FAILED. */
  async reset({ stepSeconds, objective, series }: PolicySetup): Promise<string> {
    this.#count = series.length;
    await this.#say(
      JSON.stringify({
        type: 'reset',
        stepSeconds,
        objective,
        series: series.map(({ id, capacity }) => ({
          id,
          cpuCapacityMillicores: capacity.cpu,
          memoryCapacityBytes: capacity.memory,
        })),
      }),
    );
    return readReady(await this.#answer());
  }

  /** Tells a step, and where asked gives the answer. Throws POLICY_FAILED. */
  async step({ timeSeconds, usage, killed }: PolicyStep, reply: boolean): Promise<PerResource<Advice> | undefined> {
    await this.#say(
      JSON.stringify({
        type: 'step',
        time: timeSeconds,
        cpuMillicores: Array.from(usage.cpu),
        memoryBytes: Array.from(usage.memory),
        outOfMemory: killed,
        reply,
      }),
    );
    return reply ? readRecommendation(await this.#answer(), this.#count) : undefined;
  }

  /** Ends its input and waits for its end. Throws POLICY_FAILED when that is not status 0. */
  async close(): Promise<void> {
    this.#child.stdin.end();
    const late = setTimeout(() => this.#child.kill('SIGKILL'), closeMilliseconds);
    await this.#gone.promise;
    clearTimeout(late);
    if (this.#ended !== 'exit status 0') throw this.#failed(this.#ended ?? 'it did not end');
  }

  /** Ends it at once, whatever it does. */
  kill(): void {
    if (this.#ended === undefined) this.#child.kill('SIGKILL');
  }

  /** That a program has gone is said by the answer that will be missing. */
  async #say(line: string): Promise<void> {
    const { stdin } = this.#child;
    if (stdin.write(`${line}\n`) || this.#ended !== undefined) return;
    const waiting = new AbortController();
    const { signal } = waiting;
    await Promise.race([once(stdin, 'drain', { signal }).catch(() => {}), this.#gone.promise]);
    waiting.abort();
  }

  async #answer(): Promise<string> {
    const next = this.#answers.next();
    // What cannot be started has an output that never ends; what has ended may have answers that are not read yet.
    const notStarted = this.#gone.promise.then(() => (this.#child.pid === undefined ? undefined : next));
    const answer = await Promise.race([next, notStarted]);
    if (answer !== undefined && answer.done !== true) return answer.value;
    await this.#gone.promise;
    throw this.#failed(`it ended before it answered (${this.#ended})`);
  }

  #end(how: string): void {
    this.#ended ??= how;
    this.#gone.resolve(undefined);
  }

  #failed(what: string): BarographError {
    return new BarographError('POLICY_FAILED', `the policy '${this.#command}': ${what}`);
  }
}

async function* answersOf(output: Readable): AsyncGenerator<string> {
  for await (const batch of linesOf(output)) for (const { text } of batch) yield text;
}
