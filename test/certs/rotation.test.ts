import { X509Certificate } from 'node:crypto';
import { createServer } from 'node:https';
import { connect } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { isPair } from '../../certs/authority.ts';
import { certificatesOf } from '../../certs/pem.ts';
import { type KeptCertificates, overlapSeconds, rotate, type Wish } from '../../certs/rotation.ts';
import { BarographError } from '../../src/core/errors.ts';
import { daySeconds, hosts, nowSeconds } from './support/folder.ts';

async function step(found: Partial<KeptCertificates>, atSeconds = nowSeconds, wish?: Wish): Promise<KeptCertificates> {
  const rotated = await rotate(found, { hosts, nowSeconds: atSeconds, wish });
  if (rotated === undefined) throw new BarographError('INTERNAL', 'nothing was due');
  return rotated.kept;
}

function isSignedBy({ serving }: KeptCertificates, authority: string | undefined): boolean {
  return new X509Certificate(serving).verify(new X509Certificate(authority ?? '').publicKey);
}

test('an empty Secret gets an authority and a serving certificate, and then nothing is due', async () => {
  const kept = await step({});
  expect(certificatesOf(kept.authority)).toHaveLength(1);
  expect(isPair({ certificate: kept.serving, privateKey: kept.servingKey })).toBe(true);
  expect(isSignedBy(kept, kept.authority)).toBe(true);
  expect(await rotate(kept, { hosts, nowSeconds: nowSeconds + 59 * daySeconds })).toBeUndefined();
});

test('a serving certificate is renewed when a third of its life is left, when hosts come, and when it is asked for', async () => {
  const kept = await step({});
  const later = await step(kept, nowSeconds + 61 * daySeconds);
  expect(later).toMatchObject({ authority: kept.authority, authorityKey: kept.authorityKey });
  expect(later.serving).not.toBe(kept.serving);
  const wider = await rotate(kept, { hosts: [...hosts, 'example.com'], nowSeconds });
  expect(wider?.kept.serving).not.toBe(kept.serving);
  expect((await step(kept, nowSeconds, 'serving')).serving).not.toBe(kept.serving);
});

test('the authority changes in steps, each of which every client of the step before trusts', async () => {
  const first = await step({});
  const nineYears = nowSeconds + 9.01 * 365.25 * daySeconds;
  // The serving certificate is renewed long before.
  const aged = await step({ ...first, serving: '', servingKey: '' }, nineYears).catch(() => first);
  const trusting = aged.nextKey === undefined ? await step(aged, nineYears) : aged;
  const [old, newer] = certificatesOf(trusting.authority);
  expect(old).toBe(certificatesOf(first.authority)[0]);
  expect(trusting.nextKey).toBeDefined();
  expect(trusting.authorityKey).toBe(first.authorityKey);

  const served = trusting.serving === '' ? await step(trusting, nineYears) : trusting;
  expect(isSignedBy(served, old)).toBe(true);
  const signing = await step(served, nineYears + overlapSeconds);
  expect(certificatesOf(signing.authority)).toEqual([newer, old]);
  expect(isSignedBy(signing, newer)).toBe(true);
  expect(signing).toMatchObject({ authorityKey: served.nextKey });
  expect(signing.nextKey).toBeUndefined();

  const renewed = await step(signing, nineYears + 70 * daySeconds);
  expect(certificatesOf(renewed.authority)).toEqual([newer, old]);
  const alone = await step(renewed, nowSeconds + 10.01 * 365.25 * daySeconds);
  expect(certificatesOf(alone.authority)).toEqual([newer]);
});

test('a change that is asked for goes one step at each asking', async () => {
  const first = await step({});
  const second = await step(first, nowSeconds, 'authority');
  expect(certificatesOf(second.authority)).toHaveLength(2);
  expect(second.serving).toBe(first.serving);
  expect(await rotate(second, { hosts, nowSeconds: nowSeconds + 60 })).toBeUndefined();
  const third = await step(second, nowSeconds, 'authority');
  expect(certificatesOf(third.authority).toReversed()).toEqual(certificatesOf(second.authority));
  const fourth = await step(third, nowSeconds, 'authority');
  expect(certificatesOf(fourth.authority)).toEqual([certificatesOf(second.authority)[1]]);
  expect(fourth.serving).toBe(third.serving);
});

test('renewing the serving certificate in the middle of a change goes on with it afterwards', async () => {
  const changing = await step(await step({}), nowSeconds, 'authority');
  const renewed = await step(changing, nowSeconds, 'serving');
  expect(renewed.nextKey).toBe(changing.nextKey);
  expect(renewed.authority).toBe(changing.authority);
});

test('an authority whose key is lost or strange is an error, and is not replaced', async () => {
  const kept = await step({});
  const stranger = await step({});
  for (const authorityKey of ['', 'garbage', stranger.authorityKey]) {
    const found = { ...kept, authorityKey };
    await expect(rotate(found, { hosts, nowSeconds })).rejects.toMatchObject({ code: 'CERTIFICATE_INVALID' });
  }
});

test('an authority that ended while nobody looked is begun anew', async () => {
  const kept = await step({});
  const anew = await step(kept, nowSeconds + 11 * 366 * daySeconds);
  expect(anew.authority).not.toBe(kept.authority);
});

test('clients that trust the bundle of a step accept the server of the next one', async () => {
  const now = Date.now() / 1000;
  const first = await step({}, now);
  const second = await step(first, now, 'authority');
  const third = await step(second, now, 'authority');
  const fourth = await step(third, now, 'authority');
  for (const [trusted, served] of [
    [first, second],
    [second, first],
    [second, third],
    [third, second],
    [third, fourth],
    [fourth, third],
  ] as const) {
    expect(await handshake(served, trusted.authority)).toBe('authorized');
  }
});

function handshake({ serving, servingKey }: KeptCertificates, ca: string): Promise<string> {
  const server = createServer({ cert: serving, key: servingKey });
  onTestFinished(() => void server.close());
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const bound = server.address();
      const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
      const socket = connect({ host: '127.0.0.1', port, ca, servername: 'localhost' }, () => {
        resolve(socket.authorized ? 'authorized' : String(socket.authorizationError));
        socket.destroy();
      });
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    });
  });
}
