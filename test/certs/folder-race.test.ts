import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { isPair, isServingGood } from '../../certs/authority.ts';
import { type Certificates, certificatesIn } from '../../certs/folder.ts';
import { whileLocked } from '../../certs/folder-lock.ts';
import { daySeconds, hosts, newFolder, nowSeconds, readIn, writeIn } from './support/folder.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('./support/race.ts', import.meta.url));

async function race(folder: string, names: readonly string[]): Promise<Certificates[]> {
  const startMilliseconds = Date.now() + 1500;
  const args = ['--disable-warning=ExperimentalWarning', script, folder];
  const all = names.map((host) => run(process.execPath, [...args, host, String(startMilliseconds)]));
  return (await Promise.all(all)).map(({ stdout }) => JSON.parse(stdout) as Certificates);
}

function held(folder: string): Certificates {
  const serving = { certificate: readIn(folder, 'tls.crt'), privateKey: readIn(folder, 'tls.key') };
  return { authority: readIn(folder, 'ca.crt'), serving };
}

describe('several processes that take the certificates of one folder', () => {
  test('all get the same, made once', async () => {
    const folder = await newFolder();
    const taken = await race(folder, ['localhost', 'localhost', 'localhost', 'localhost']);
    const [first] = taken;
    for (const one of taken) expect(one).toEqual(first);
    expect(held(folder)).toEqual(first);
    expect(readdirSync(folder).sort()).toEqual(['ca.crt', 'ca.key', 'tls.crt', 'tls.key']);
  }, 60_000);

  test('get one authority and a pair each even when they want different hosts', async () => {
    const folder = await newFolder();
    const names = ['a.example', 'b.example', 'c.example'];
    const taken = await race(folder, names);
    expect(new Set(taken.map(({ authority }) => authority)).size).toBe(1);
    for (const [index, { authority, serving }] of taken.entries()) {
      expect(isServingGood(serving, authority, [names[index] ?? ''], Date.now() / 1000)).toBe(true);
    }
    expect(isPair(held(folder).serving)).toBe(true);
  }, 60_000);

  test('never read a certificate with the key of another while it is renewed', async () => {
    const folder = await newFolder();
    const first = await certificatesIn(folder, hosts, nowSeconds);
    let isDone = false;
    const renewing = (async () => {
      for (let round = 1; round <= 10; round += 1) {
        await certificatesIn(folder, hosts, nowSeconds + round * 61 * daySeconds);
      }
      isDone = true;
    })();
    let reads = 0;
    while (!isDone) {
      const { authority, serving } = await certificatesIn(folder, [], new Date(2026, 1).getTime() / 1000).catch(
        () => first,
      );
      expect(isPair(serving)).toBe(true);
      expect(authority).toBe(first.authority);
      reads += 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await renewing;
    expect(reads).toBeGreaterThan(10);
  });
});

describe('the lock of a folder', () => {
  test('lets one in after the other', async () => {
    const folder = await newFolder();
    const order: string[] = [];
    const enter = (name: string): Promise<void> =>
      whileLocked(folder, () => void order.push(`${name} in`, `${name} out`));
    await Promise.all(['a', 'b', 'c'].map(enter));
    expect(order.filter((_, index) => index % 2 === 0).map((entry) => entry.replace(' in', ' out'))).toEqual(
      order.filter((_, index) => index % 2 === 1),
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is given back by who fails under it', async () => {
    const folder = await newFolder();
    const failing = whileLocked(folder, () => {
      throw new RangeError('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await whileLocked(folder, () => 1)).toBe(1);
  });

  test('is taken from a process that was killed while it held it', async () => {
    const folder = await newFolder();
    writeIn(folder, '.lock', '');
    const { authority } = await certificatesIn(folder, hosts, nowSeconds);
    expect(new X509Certificate(authority).ca).toBe(true);
    expect(readdirSync(folder)).not.toContain('.lock');
  });

  test('says so where the folder cannot be written to', async () => {
    const folder = await newFolder();
    const nowhere = whileLocked(`${folder}/none`, () => 1);
    await expect(nowhere).rejects.toMatchObject({ code: 'CERTIFICATE_INVALID' });
  });
});
