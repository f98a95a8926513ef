import { connect as connectPlain } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAuthority } from '../../certs/authority.ts';
import {
  heard,
  keptConnection,
  newCertificates,
  pause,
  sampleOf,
  sizeOf,
  startEdge,
  type TestEdge,
  until,
} from './support/edge.ts';

let edge: TestEdge;

beforeAll(async () => {
  edge = await startEdge();
});

afterAll(() => edge.server.close(1));

/** A connection after its handshake; rejects with the code of what went wrong. */
function handshake(options: ConnectionOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: edge.server.port, ca: edge.authority, ...options }, () =>
      resolve(socket),
    );
    socket.on('error', (error: NodeJS.ErrnoException) => reject(error));
  });
}

async function servedFingerprint(): Promise<string> {
  const socket = await handshake({});
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

describe('TLS', () => {
  test.each(['TLSv1.2', 'TLSv1.3'] as const)('is spoken as %s', async (version) => {
    const socket = await handshake({ minVersion: version, maxVersion: version });
    expect(socket.authorized).toBe(true);
    expect(socket.getProtocol()).toBe(version);
    const said = heard(socket, /}$/);
    socket.write('GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n');
    expect(await said).toMatch(/^HTTP\/1\.1 200 .*\{"status":"ok"\}$/s);
    socket.destroy();
  });

  test.each(['TLSv1', 'TLSv1.1'] as const)('is not spoken as %s', async (version) => {
    const old = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
    await expect(handshake(old)).rejects.toMatchObject({ code: expect.stringMatching(/PROTOCOL|VERSION|ECONNRESET/) });
  });

  test('is what a client without our authority refuses', async () => {
    const stranger = await createAuthority(Date.now() / 1000);
    await expect(handshake({ ca: stranger.certificate })).rejects.toMatchObject({
      code: expect.stringMatching(/SIGNATURE|SELF_SIGNED|UNABLE_TO_VERIFY/),
    });
  });

  test.each([
    ['plain HTTP', Buffer.from('GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n')],
    ['garbage', Buffer.alloc(2000, 0xa5)],
  ])('is asked for: %s ends the connection, is counted, and others are served', async (_, bytes) => {
    const name = 'barograph_connection_errors_total{kind="tls"}';
    const before = (await sampleOf(edge, name)) ?? 0;
    await new Promise<void>((resolve) => {
      const socket = connectPlain(edge.server.port, '127.0.0.1', () => socket.write(bytes));
      socket.on('error', () => undefined).on('close', () => resolve());
      socket.resume();
    });
    await until(async () => ((await sampleOf(edge, name)) ?? 0) > before, 'the failure to be counted');
    expect((await edge.call('GET', '/healthz')).status).toBe(200);
  });
});

describe('a change of the certificate', () => {
  test('leaves open connections in peace; new ones see the new certificate', async () => {
    const old = await servedFingerprint();
    const agent = keptConnection(edge);
    expect((await edge.call('GET', '/healthz', { agent })).status).toBe(200);
    const idle = await handshake({});
    edge.server.useCertificates(await newCertificates());
    const changed = await servedFingerprint();
    expect(changed).not.toBe(old);
    const answer = await edge.call('POST', '/admission/pods', { body: 'abc', agent });
    expect([answer.status, answer.json()]).toEqual([200, { bytes: 3 }]);
    expect(Object.values(agent.sockets).concat(Object.values(agent.freeSockets)).flat()).toHaveLength(1);
    expect(await sampleOf(edge, 'barograph_connections')).toBeGreaterThanOrEqual(2);
    const said = heard(idle, /}$/);
    idle.write('GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n');
    expect(await said).toContain('200 OK');
    idle.destroy();
    agent.destroy();
  });

  test('does not disturb a request that is half sent', async () => {
    const socket = await handshake({});
    const said = heard(socket, /}$/);
    socket.write('POST /admission/pods HTTP/1.1\r\nhost: a\r\ncontent-length: 6\r\n\r\nabc');
    await until(
      async () => (await sampleOf(edge, 'barograph_requests_in_flight{endpoint="/admission/pods"}')) === 1,
      'the request to begin',
    );
    edge.server.useCertificates(await newCertificates());
    socket.write('def');
    expect(await said).toMatch(/\{"bytes":6\}$/);
    socket.destroy();
  });

  test('loses not one call of many that go on meanwhile', async () => {
    let isOver = false;
    const statuses: number[] = [];
    const caller = async (): Promise<void> => {
      while (!isOver) statuses.push((await edge.call('POST', '/admission/pods', { body: '{}' })).status);
    };
    const callers = [caller(), caller(), caller()];
    for (let round = 0; round < 4; round += 1) {
      edge.server.useCertificates(await newCertificates());
      await pause(50);
    }
    isOver = true;
    await Promise.all(callers);
    expect(statuses.length).toBeGreaterThan(10);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  test('to one that cannot be used is refused, and the old one stays', async () => {
    const before = await servedFingerprint();
    const { authority, serving } = await newCertificates();
    const other = (await newCertificates()).serving;
    for (const wrong of [
      { certificate: 'garbage', privateKey: serving.privateKey },
      { certificate: serving.certificate, privateKey: '' },
      { certificate: serving.certificate, privateKey: other.privateKey },
    ]) {
      expect(() => edge.server.useCertificates({ authority, serving: wrong })).toThrow(
        expect.objectContaining({ code: 'CERTIFICATE_INVALID' }),
      );
    }
    expect(await servedFingerprint()).toBe(before);
  });
});

describe('listening', () => {
  test('on an IPv6 address works as on an IPv4 one', async () => {
    const six = await startEdge({ address: '[::1]:0', hot: { '/admission/pods': sizeOf } });
    const socket = connect({ host: '::1', port: six.server.port, ca: six.authority, servername: 'localhost' });
    const said = heard(socket, /}$/);
    socket.write('GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n');
    expect(await said).toContain('200 OK');
    expect(six.server.url).toBe(`https://[::1]:${six.server.port}`);
    socket.destroy();
    await six.server.close(1);
  });

  test('where another listens is refused with the address', async () => {
    const taken = `127.0.0.1:${edge.server.port}`;
    await expect(startEdge({ address: taken })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: `server.address: cannot listen on ${taken}`,
    });
  });
});
