import { X509Certificate } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createAuthority, createServing, isPair } from '../../certs/authority.ts';
import { certificatesIn, renewServing } from '../../certs/folder.ts';
import { daySeconds, hosts, modeOf, newFolder, nowSeconds, readIn, writeIn } from './support/folder.ts';

const invalid = (message: RegExp): object => ({
  code: 'CERTIFICATE_INVALID',
  message: expect.stringMatching(message),
});

describe('a folder of certificates', () => {
  test('is made where there is none, and keys are for its owner alone', async () => {
    const folder = join(await newFolder(), 'a', 'b');
    const { authority, serving } = await certificatesIn(folder, hosts, nowSeconds);
    expect(readdirSync(folder).sort()).toEqual(['ca.crt', 'ca.key', 'tls.crt', 'tls.key']);
    expect(modeOf(folder)).toBe(0o700);
    expect(['ca.crt', 'ca.key', 'tls.crt', 'tls.key'].map((name) => modeOf(join(folder, name)))).toEqual([
      0o644, 0o600, 0o644, 0o600,
    ]);
    expect(readIn(folder, 'ca.crt')).toBe(authority);
    expect(readIn(folder, 'tls.crt')).toBe(serving.certificate);
    expect(readIn(folder, 'tls.key')).toBe(serving.privateKey);
    const leaf = new X509Certificate(serving.certificate);
    expect(leaf.verify(new X509Certificate(authority).publicKey)).toBe(true);
  });

  test('is used again as it is', async () => {
    const folder = await newFolder();
    const first = await certificatesIn(folder, hosts, nowSeconds);
    expect(await certificatesIn(folder, hosts, nowSeconds + 59 * daySeconds)).toEqual(first);
    expect(await certificatesIn(folder, ['localhost'], nowSeconds)).toEqual(first);
  });

  test('gets a new serving certificate when a third of its life is left; the authority stays', async () => {
    const folder = await newFolder();
    const first = await certificatesIn(folder, hosts, nowSeconds);
    const later = await certificatesIn(folder, hosts, nowSeconds + 61 * daySeconds);
    expect(later.authority).toBe(first.authority);
    expect(later.serving.certificate).not.toBe(first.serving.certificate);
    expect(later.serving.privateKey).not.toBe(first.serving.privateKey);
    expect(isPair(later.serving)).toBe(true);
    expect(readIn(folder, 'tls.crt')).toBe(later.serving.certificate);
  });

  test('gets a new serving certificate for hosts that the old one does not name', async () => {
    const folder = await newFolder();
    const first = await certificatesIn(folder, ['localhost'], nowSeconds);
    const wider = await certificatesIn(folder, ['localhost', '10.1.2.3', 'fd00::1'], nowSeconds);
    expect(wider.authority).toBe(first.authority);
    const certificate = new X509Certificate(wider.serving.certificate);
    expect(certificate.checkIP('10.1.2.3')).toBeDefined();
    expect(certificate.checkIP('fd00::1')).toBeDefined();
  });

  test.each(['tls.crt', 'tls.key'])('gets a new serving certificate when %s is damaged, cut or gone', async (name) => {
    const folder = await newFolder();
    const first = await certificatesIn(folder, hosts, nowSeconds);
    for (const text of ['', 'garbage', readIn(folder, name).slice(0, 200)]) {
      writeIn(folder, name, text);
      const mended = await certificatesIn(folder, hosts, nowSeconds);
      expect(mended.authority).toBe(first.authority);
      expect(isPair(mended.serving)).toBe(true);
    }
    rmSync(join(folder, name));
    expect(isPair((await certificatesIn(folder, hosts, nowSeconds)).serving)).toBe(true);
    expect(modeOf(join(folder, 'tls.key'))).toBe(0o600);
  });

  test('never replaces an authority that is damaged or ended: clients trust it', async () => {
    const folder = await newFolder();
    await certificatesIn(folder, hosts, nowSeconds);
    const [certificate, key] = [readIn(folder, 'ca.crt'), readIn(folder, 'ca.key')];
    const need = [...hosts, 'example.com'];
    const stranger = await createAuthority(nowSeconds);
    for (const [name, text] of [
      ['ca.crt', 'garbage'],
      ['ca.key', 'garbage'],
      ['ca.key', stranger.privateKey],
    ] as const) {
      writeIn(folder, name, text);
      const message = /ca\.crt and ca\.key in .*; restore them, or remove all to begin anew$/;
      await expect(certificatesIn(folder, need, nowSeconds)).rejects.toMatchObject(invalid(message));
      expect(readIn(folder, name)).toBe(text);
      writeIn(folder, 'ca.crt', certificate);
      writeIn(folder, 'ca.key', key);
    }
    const ended = nowSeconds + 11 * 366 * daySeconds;
    await expect(certificatesIn(folder, hosts, ended)).rejects.toMatchObject(invalid(/is valid from .* until/));
  });

  test('begins anew where a first start was killed before it was done', async () => {
    const folder = await newFolder();
    writeIn(folder, 'ca.key', 'half a key');
    writeIn(folder, 'ca.crt.new', 'half a certificate');
    const { authority, serving } = await certificatesIn(folder, hosts, nowSeconds);
    const leaf = new X509Certificate(serving.certificate);
    expect(leaf.verify(new X509Certificate(authority).publicKey)).toBe(true);
    expect(await certificatesIn(folder, hosts, nowSeconds)).toEqual({ authority, serving });
  });

  test('asks for the authority of a serving certificate that came without', async () => {
    const folder = await newFolder();
    await certificatesIn(folder, hosts, nowSeconds);
    rmSync(join(folder, 'ca.crt'));
    const message = /^expected ca\.crt in /;
    await expect(certificatesIn(folder, hosts, nowSeconds)).rejects.toMatchObject(invalid(message));
  });

  test('says so where it cannot be made, read or written', async () => {
    const folder = await newFolder();
    writeIn(folder, 'file', 'x');
    const inFile = certificatesIn(join(folder, 'file', 'certs'), hosts, nowSeconds);
    await expect(inFile).rejects.toMatchObject(invalid(/^cannot make the folder /));
    mkdirSync(join(folder, 'tls.crt'));
    await expect(certificatesIn(folder, hosts, nowSeconds)).rejects.toMatchObject(invalid(/^cannot read .*tls\.crt$/));
  });
});

describe("a folder of somebody else's certificates", () => {
  test('is read as it is: no key of the authority, nothing is made', async () => {
    const folder = await newFolder();
    const owner = await createAuthority(nowSeconds);
    const serving = await createServing(owner, ['other'], nowSeconds);
    writeIn(folder, 'ca.crt', owner.certificate);
    writeIn(folder, 'tls.crt', serving.certificate);
    writeIn(folder, 'tls.key', serving.privateKey);
    chmodSync(folder, 0o500);
    const found = await certificatesIn(folder, hosts, nowSeconds + 80 * daySeconds);
    expect(found).toEqual({ authority: owner.certificate, serving });
    expect(readdirSync(folder).sort()).toEqual(['ca.crt', 'tls.crt', 'tls.key']);
    chmodSync(folder, 0o700);
  });

  test('is followed through the links of a mounted Secret when its content is replaced', async () => {
    const folder = await newFolder();
    const owner = await createAuthority(nowSeconds);
    const fill = async (version: string): Promise<string> => {
      const made = await createServing(owner, hosts, nowSeconds);
      mkdirSync(join(folder, version));
      writeIn(folder, `${version}/ca.crt`, owner.certificate);
      writeIn(folder, `${version}/tls.crt`, made.certificate);
      writeIn(folder, `${version}/tls.key`, made.privateKey);
      rmSync(join(folder, '..data'), { force: true });
      symlinkSync(version, join(folder, '..data'));
      return made.certificate;
    };
    for (const name of ['ca.crt', 'tls.crt', 'tls.key']) symlinkSync(join('..data', name), join(folder, name));
    const first = await fill('..1');
    expect((await certificatesIn(folder, hosts, nowSeconds)).serving.certificate).toBe(first);
    const second = await fill('..2');
    expect((await certificatesIn(folder, hosts, nowSeconds)).serving.certificate).toBe(second);
  });

  test('must have a serving certificate with its key', async () => {
    const folder = await newFolder();
    writeIn(folder, 'ca.crt', (await createAuthority(nowSeconds)).certificate);
    const message = /^expected tls\.crt and tls\.key in /;
    await expect(certificatesIn(folder, hosts, nowSeconds)).rejects.toMatchObject(invalid(message));
  });

  test('is not renewed here', async () => {
    const folder = await newFolder();
    await certificatesIn(folder, hosts, nowSeconds);
    rmSync(join(folder, 'ca.key'));
    const before = readIn(folder, 'tls.crt');
    const message = /^renewing needs ca\.crt and ca\.key in .*made elsewhere is renewed there$/;
    await expect(renewServing(folder, hosts, nowSeconds)).rejects.toMatchObject(invalid(message));
    expect(readIn(folder, 'tls.crt')).toBe(before);
  });
});

test('renewing makes a new serving certificate at once, of the same authority', async () => {
  const folder = await newFolder();
  const first = await certificatesIn(folder, hosts, nowSeconds);
  const renewed = await renewServing(folder, hosts, nowSeconds);
  expect(renewed.authority).toBe(first.authority);
  expect(renewed.serving.certificate).not.toBe(first.serving.certificate);
  expect(isPair(renewed.serving)).toBe(true);
  expect(await certificatesIn(folder, hosts, nowSeconds)).toEqual(renewed);
});
