import { PassThrough, Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { policyNamed } from '../../../src/simulate/policies.ts';
import { readReady, readRecommendation } from '../../../src/simulate/protocol/answer.ts';
import { servePolicy } from '../../../src/simulate/protocol/serve-policy.ts';
import { resetLine, stepLine } from '../support/lines.ts';

const kind = policyNamed('autopilot');

async function answersTo(lines: readonly string[], ending = '\n'): Promise<string[]> {
  const output = new PassThrough();
  const answers = text(output);
  await servePolicy(kind, Readable.from([Buffer.from(lines.join('\n') + ending)]), output);
  output.end();
  return (await answers).split('\n').slice(0, -1);
}

describe('a policy served over the protocol', () => {
  test('answers a reset and the steps that ask for it, and nothing else', async () => {
    const lines = [resetLine(2), stepLine(300, 2), stepLine(600, 2, { reply: true }), stepLine(900, 2)];
    const answers = await answersTo(lines);
    expect(answers).toHaveLength(2);
    expect(readReady(answers[0] ?? '')).toBe('autopilot');
    const advice = readRecommendation(answers[1] ?? '', 2);
    expect(advice.memory.target[0]).toBeCloseTo(1.1 * 2 ** 28, -1);
  });

  test('a reset forgets everything: the same lines again have the same answers', async () => {
    const lines = [resetLine(2), stepLine(300, 2), stepLine(600, 2, { reply: true })];
    const answers = await answersTo([...lines, ...lines]);
    expect(answers.slice(2)).toEqual(answers.slice(0, 2));
  });

  test('without a sample there is null for a target, not a number', async () => {
    const gap = { cpuMillicores: [null], memoryBytes: [null], reply: true };
    const [, answer] = await answersTo([resetLine(1), stepLine(300, 1, gap)]);
    expect(JSON.parse(answer ?? '')).toMatchObject({
      cpuMillicores: { target: [null] },
      memoryBytes: { target: [null] },
    });
  });

  test('a last line without an end counts, and no lines at all are no error', async () => {
    expect(await answersTo([resetLine(1), stepLine(300, 1, { reply: true })], '')).toHaveLength(2);
    expect(await answersTo([], '')).toEqual([]);
  });

  test('what came before a bad line is answered, then it ends with the line’s number', async () => {
    const output = new PassThrough();
    const input = Readable.from([Buffer.from(`${resetLine(1)}\n{"type":\n${resetLine(1)}\n`)]);
    await expect(servePolicy(kind, input, output)).rejects.toMatchObject({
      code: 'PROTOCOL_INVALID',
      message: expect.stringMatching(/^line 2: /),
    });
    output.end();
    expect((await text(output)).split('\n')).toHaveLength(2);
  });

  test('it waits for a slow reader instead of holding answers in memory', async () => {
    const lines = [
      resetLine(500),
      ...Array.from({ length: 40 }, (_, k) => stepLine(300 * (k + 1), 500, { reply: true })),
    ];
    let highest = 0;
    const output: Writable = new Writable({
      highWaterMark: 1000,
      write(_chunk, _encoding, done) {
        highest = Math.max(highest, output.writableLength);
        setImmediate(done);
      },
    });
    await servePolicy(kind, Readable.from([Buffer.from(`${lines.join('\n')}\n`)]), output);
    expect(highest).toBeLessThan(100_000);
  });

  test('a driver that reads no more ends it', async () => {
    const output = new PassThrough();
    output.destroy();
    const input = Readable.from([Buffer.from(`${resetLine(1)}\n`)]);
    await expect(servePolicy(kind, input, output)).rejects.toMatchObject({ code: 'DRIVER_GONE' });
  });

  test('lines come in pieces of any size', async () => {
    const bytes = Buffer.from(`${resetLine(3)}\n${stepLine(300, 3, { reply: true })}\n`);
    const pieces = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, i) => bytes.subarray(7 * i, 7 * i + 7));
    const output = new PassThrough();
    const answers = text(output);
    await servePolicy(kind, Readable.from(pieces), output);
    output.end();
    expect((await answers).split('\n')).toHaveLength(3);
  });
});
