import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { linesOf } from '../../collect/trace-lines.ts';
import { BarographError } from '../../core/errors.ts';
import type { Policy, PolicyKind } from '../policy.ts';
import { readyLine, recommendationLine } from './answer.ts';
import { DriverLines } from './read-line.ts';

/**
 * Speaks the policy protocol as the policy: reads a driver's lines until they end, and answers those that ask for it. Throws PROTOCOL_INVALID at
 * the first line that cannot be read, and DRIVER_GONE when nobody reads the answers any more.
 */
export async function servePolicy(kind: PolicyKind, input: Readable, output: Writable): Promise<void> {
  const lines = new DriverLines();
  const answers = new Answers(output);
  let policy: Policy | undefined;
  for await (const batch of linesOf(input)) {
    for (const { text } of batch) {
      const line = lines.read(text);
      if (line.kind === 'reset') {
        policy = kind.create(line.setup);
        await answers.write(readyLine(policy));
      } else {
        policy?.observe(line.step);
        if (line.reply && policy !== undefined) await answers.write(recommendationLine(policy.recommend()));
      }
    }
  }
}

/** Waits where the reader is slow, and ends when it has gone. */
class Answers {
  readonly #output: Writable;
  readonly #gone = new AbortController();

  constructor(output: Writable) {
    this.#output = output;
    output.once('error', (cause) => this.#gone.abort(cause));
    output.once('close', () => this.#gone.abort());
  }

  async write(line: string): Promise<void> {
    const { signal } = this.#gone;
    try {
      signal.throwIfAborted();
      if (!this.#output.write(`${line}\n`)) await once(this.#output, 'drain', { signal });
    } catch (cause) {
      throw new BarographError('DRIVER_GONE', 'the driver of the policy protocol reads no answers any more', { cause });
    }
  }
}
