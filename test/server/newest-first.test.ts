import { describe, expect, test } from 'vitest';
import type { HotHandler } from '../../src/server/hot-route.ts';
import { newestFirst } from '../../src/server/newest-first.ts';

/** A handler behind it, what it was called with, and a clock that moves by so much with each call. */
function trial(callMilliseconds: number): { readonly handler: HotHandler; readonly called: string[] } {
  let now = 0;
  const called: string[] = [];
  const handle: HotHandler = (body) => {
    now += callMilliseconds;
    called.push(body.toString());
    if (body.toString() === 'bad') throw new RangeError('bad');
    return Buffer.from(`answer to ${body}`);
  };
  return { handler: newestFirst(handle, () => now), called };
}

const text = (answer: Buffer): string => answer.toString();

describe('bodies that wait', () => {
  test('are answered the newest first, each with its own answer', async () => {
    const { handler, called } = trial(1);
    const answers = await Promise.all(['a', 'b', 'c'].map(async (body) => text(await handler(Buffer.from(body)))));
    expect(answers).toEqual(['answer to a', 'answer to b', 'answer to c']);
    expect(called).toEqual(['c', 'b', 'a']);
  });

  test('let one that comes between pass, until the oldest has waited too long', async () => {
    const { handler, called } = trial(10);
    const first = handler(Buffer.from('old'));
    const more: (Buffer | Promise<Buffer>)[] = [];
    for (let turn = 0; turn < 6; turn += 1) {
      more.push(handler(Buffer.from(`new ${turn}`)));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all([first, ...more]);
    expect(called.slice(0, 4)).toEqual(['new 0', 'new 1', 'new 2', 'old']);
    expect(called).toHaveLength(7);
  });

  test('are all answered where one of them fails', async () => {
    const { handler } = trial(1);
    const outcomes = await Promise.allSettled(['a', 'bad', 'c'].map((body) => handler(Buffer.from(body))));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(text(await handler(Buffer.from('d')))).toBe('answer to d');
  });
});
