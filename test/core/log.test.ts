import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { BarographError } from '../../src/core/errors.ts';
import { redactedError, silentLogger } from '../../src/core/log.ts';

const module = new URL('../../src/core/log.ts', import.meta.url).href;

/** Runs code in a process of its own, with `log` at a level; gives what it wrote. */
function logged(level: string, code: string): { lines: Record<string, unknown>[]; stdout: string; text: string } {
  const script = `import { createLogger } from ${JSON.stringify(module)}; const log = createLogger('${level}'); ${code}`;
  const flags = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', script];
  const { stdout, stderr } = spawnSync(process.execPath, flags, { encoding: 'utf8' });
  const lines = stderr.trim().split('\n').filter(Boolean);
  return { lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>), stdout, text: stderr };
}

describe('the log', () => {
  const secret = 'hunter2-secret';

  test('is JSON lines on stderr, whole at the end of the process, and keeps stdout free', () => {
    const { lines, stdout } = logged('info', "for (let i = 0; i < 500; i += 1) log.info({ i }, 'a line');");
    expect(lines).toHaveLength(500);
    expect(lines[499]).toMatchObject({ i: 499, msg: 'a line', level: 30 });
    expect(stdout).toBe('');
  });

  test('leaves out what is below its level', () => {
    const code = "log.debug({}, 'd'); log.info({}, 'i'); log.warn({}, 'w'); log.error({}, 'e');";
    expect(logged('warn', code).lines.map(({ msg }) => msg)).toEqual(['w', 'e']);
    expect(logged('silent', code).text).toBe('');
    expect(silentLogger.error({}, 'e')).toBeUndefined();
  });

  test.each(['authorization', 'token', 'password', 'privateKey', 'key', 'caKey', 'secret', 'cookie', 'bearerToken'])(
    'never prints a value under %s, at the top or inside',
    (name) => {
      const fields = { [name]: secret, auth: { [name]: secret, deeper: { [name]: secret } }, shown: 'yes' };
      const { lines, text } = logged('info', `log.info(${JSON.stringify(fields)}, 'x');`);
      expect(text).not.toContain(secret);
      expect(lines[0]).toMatchObject({ [name]: '[secret]', shown: 'yes' });
    },
  );

  test('prints errors with their causes, without the secrets in them', () => {
    const error = `new Error('reading failed', { cause: new Error('GET http://me:${secret}@host/x: Bearer ${secret}') })`;
    const { lines, text } = logged('info', `log.error({ error: ${error} }, 'x');`);
    expect(text).not.toContain(secret);
    expect(lines[0]?.error).toBe('reading failed: GET http://[secret]@host/x: Bearer [secret]');
  });
});

describe('the text of an error', () => {
  test.each([
    ['https://user:pa%40ss@host:1/path failed', 'https://[secret]@host:1/path failed'],
    ['Authorization: Bearer abc.def-ghi_jkl=', 'Authorization: Bearer [secret]'],
    ['authorization: basic dXNlcjpwYXNz', 'authorization: basic [secret]'],
    ['nothing to hide at https://host/a@b', 'nothing to hide at https://host/a@b'],
  ])('%s', (message, expected) => {
    expect(redactedError(new BarographError('SOURCE_UNAVAILABLE', message))).toBe(`${expected} (SOURCE_UNAVAILABLE)`);
  });

  test('is that of anything thrown', () => {
    for (const thrown of ['text', 7, undefined, null]) expect(redactedError(thrown)).toBe(String(thrown));
    expect(redactedError(new TypeError())).toBe('TypeError');
  });
});
