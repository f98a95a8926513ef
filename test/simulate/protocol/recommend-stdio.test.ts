import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readReady, readRecommendation } from '../../../src/simulate/protocol/answer.ts';
import { resetLine, stepLine } from '../support/lines.ts';

const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));

/** `barograph recommend --protocol stdio` as a process. */
function start(...more: readonly string[]) {
  const args = ['--disable-warning=ExperimentalWarning', main, 'recommend', '--protocol', 'stdio', ...more];
  return spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] });
}

async function run(lines: readonly string[], ...more: readonly string[]) {
  const child = start(...more);
  child.stdin.on('error', () => {});
  child.stdin.end(lines.map((line) => `${line}\n`).join(''));
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { answers: out.split('\n').slice(0, -1), err, code: code as number };
}

describe('barograph recommend --protocol stdio', () => {
  test('speaks with its own models, without a configuration, and ends with 0 at the end of its input', async () => {
    const steps = Array.from({ length: 24 }, (_, k) => stepLine(300 * (k + 1), 2, { reply: k === 23 }));
    const { answers, err, code } = await run([resetLine(2), ...steps]);
    expect({ err, code }).toEqual({ err: '', code: 0 });
    expect(readReady(answers[0] ?? '')).toBe('barograph');
    expect(readRecommendation(answers[1] ?? '', 2).memory.target[0]).toBeGreaterThan(2 ** 28);
  });

  test('speaks with a peer where one is named, and refuses one that there is not with status 2', async () => {
    expect((await run([resetLine(1)], '--model', 'vpa')).answers).toEqual(['{"type":"ready","policy":"vpa"}']);
    const { err, code } = await run([resetLine(1)], '--model', 'vpn');
    expect(code).toBe(2);
    expect(err).toContain("did you mean 'vpa'?");
  });

  test('a line that cannot be read is written to the standard error, and it ends with 1', async () => {
    const { answers, err, code } = await run([resetLine(1), '{"type":"step","time":']);
    expect(answers).toHaveLength(1);
    expect(code).toBe(1);
    expect(err).toMatch(/^barograph: line 2: expected a JSON object.*\(PROTOCOL_INVALID\)/);
  });

  test('a driver that goes away early ends it with 1 and one line', async () => {
    const child = start();
    child.stdin.on('error', () => {});
    child.stdin.write(`${resetLine(200)}\n`);
    await once(child.stdout, 'data');
    child.stdout.destroy();
    // More than a pipe holds, asked for one after another.
    for (let k = 1; k <= 60; k += 1) child.stdin.write(`${stepLine(300 * k, 200, { reply: true })}\n`);
    child.stdin.end();
    const [err, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    expect(code).toBe(1);
    expect(err).toMatch(/^barograph: the driver .*\(DRIVER_GONE\)[^\n]*\n$/);
  });

  test('10,000 containers with gaps, kills and a reset in between', async () => {
    const many = (more: object) => stepLine(0, 10_000, more);
    const gaps = Array.from({ length: 10_000 }, (_, i) => (i % 3 === 0 ? null : 50 + i));
    const lines = [
      resetLine(10_000),
      many({ time: 300, cpuMillicores: gaps }),
      resetLine(10_000),
      ...Array.from({ length: 13 }, (_, k) =>
        many({ time: 300 * (k + 1), memoryBytes: gaps, outOfMemory: [1, 9_998] }),
      ),
      many({ time: 90_000, reply: true }),
    ];
    const { answers, err, code } = await run(lines);
    expect({ err, code }).toEqual({ err: '', code: 0 });
    expect(answers).toHaveLength(3);
    expect(readRecommendation(answers[2] ?? '', 10_000).cpu.target.length).toBe(10_000);
  });
});
