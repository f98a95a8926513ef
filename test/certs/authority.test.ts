import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  checkAuthority,
  createAuthority,
  createServing,
  isPair,
  isServingGood,
  type KeyPair,
  serialNumber,
} from '../../certs/authority.ts';
import { daySeconds, hosts, nowSeconds } from './support/folder.ts';

let authority: KeyPair;
let stranger: KeyPair;
let serving: KeyPair;

beforeAll(async () => {
  authority = await createAuthority(nowSeconds);
  stranger = await createAuthority(nowSeconds);
  serving = await createServing(authority, hosts, nowSeconds);
});

describe('an authority', () => {
  test('lives ten years and may sign certificates but no further authority', () => {
    const certificate = new X509Certificate(authority.certificate);
    expect(certificate.ca).toBe(true);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    const years = (certificate.validToDate.getTime() / 1000 - nowSeconds) / (365.25 * daySeconds);
    expect(years).toBe(10);
    expect(checkAuthority(authority, nowSeconds)).toBeUndefined();
  });

  test('is said to be unusable when it ended, has not begun, has another key or is damaged', () => {
    expect(checkAuthority(authority, nowSeconds + 11 * 366 * daySeconds)).toMatch(
      /^the authority is valid from .* until 20/,
    );
    expect(checkAuthority(authority, nowSeconds - 2 * daySeconds)).toMatch(/^the authority is valid from/);
    const mixed = { certificate: authority.certificate, privateKey: stranger.privateKey };
    expect(checkAuthority(mixed, nowSeconds)).toBe('the key is not that of the certificate');
    const damaged = { ...authority, certificate: authority.certificate.slice(0, 300) };
    expect(checkAuthority(damaged, nowSeconds)).toBe('expected an RSA certificate authority in PEM');
  });
});

describe('a serving certificate', () => {
  test('is for the hosts that it was made for and for no others', () => {
    const certificate = new X509Certificate(serving.certificate);
    expect(certificate.checkHost('localhost')).toBe('localhost');
    expect(certificate.checkHost('barograph.barograph.svc')).toBe('barograph.barograph.svc');
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate.checkIP('::1')).toBeDefined();
    expect(certificate.checkHost('example.com')).toBeUndefined();
    expect(certificate.checkIP('127.0.0.2')).toBeUndefined();
  });

  test('lives 90 days, is no authority, and is for servers alone', () => {
    const certificate = new X509Certificate(serving.certificate);
    expect(certificate.validToDate.getTime() / 1000 - nowSeconds).toBe(90 * daySeconds);
    expect(certificate.ca).toBe(false);
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(isPair(serving)).toBe(true);
  });

  test('does not outlive its authority', async () => {
    const lateSeconds = nowSeconds + 10 * 365.25 * daySeconds - 10 * daySeconds;
    const late = await createServing(authority, hosts, lateSeconds);
    const ends = [authority, late].map(({ certificate }) => new X509Certificate(certificate).validToDate.getTime());
    expect(ends[1]).toBe(ends[0]);
    expect(isServingGood(late, authority.certificate, hosts, lateSeconds)).toBe(true);
  });

  test('is good until a third of its life is left', () => {
    const good = (days: number): boolean =>
      isServingGood(serving, authority.certificate, hosts, nowSeconds + days * daySeconds);
    expect([0, 30, 59].map(good)).toEqual([true, true, true]);
    expect([60, 89, 91].map(good)).toEqual([false, false, false]);
  });

  test('is good when the clock is set back by hours, and not before it begins', () => {
    expect(isServingGood(serving, authority.certificate, hosts, nowSeconds - daySeconds / 2)).toBe(true);
    expect(isServingGood(serving, authority.certificate, hosts, nowSeconds - 2 * daySeconds)).toBe(false);
  });

  test('is not good for a host that it does not name, of another authority, or with another key', () => {
    const { certificate } = authority;
    expect(isServingGood(serving, certificate, [...hosts, '10.0.0.1'], nowSeconds)).toBe(false);
    expect(isServingGood(serving, certificate, ['example.com'], nowSeconds)).toBe(false);
    expect(isServingGood(serving, stranger.certificate, hosts, nowSeconds)).toBe(false);
    expect(isServingGood({ ...serving, privateKey: authority.privateKey }, certificate, hosts, nowSeconds)).toBe(false);
  });

  test('is not good, and nothing is thrown, for any text in place of a part', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('certificate', 'privateKey', 'authority'), (text, part) => {
        const pair = part === 'authority' ? serving : { ...serving, [part]: text };
        const trusted = part === 'authority' ? text : authority.certificate;
        return !isServingGood(pair, trusted, hosts, nowSeconds);
      }),
    );
  });

  test('needs an authority in PEM', async () => {
    const wrong = { certificate: 'no', privateKey: 'no' };
    await expect(createServing(wrong, hosts, nowSeconds)).rejects.toMatchObject({ code: 'CERTIFICATE_INVALID' });
  });
});

test('a serial number is a positive number of 16 bytes in the shortest form', () => {
  const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((given) => Buffer.from(given).toString('hex'));
  fc.assert(
    fc.property(bytes, (random) => {
      const serial = serialNumber(random);
      const first = Number.parseInt(serial.slice(0, 2), 16);
      return serial.length === 32 && first > 0 && first < 128;
    }),
  );
});
