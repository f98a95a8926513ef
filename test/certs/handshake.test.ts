import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { checkServerIdentity, connect, createServer } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createAuthority } from '../../certs/authority.ts';
import { type Certificates, certificatesIn } from '../../certs/folder.ts';
import { hosts, newFolder, writeIn } from './support/folder.ts';

const realNowSeconds = Date.now() / 1000;

describe('a TLS handshake with the certificates of a folder', () => {
  // Node 22.23 refuses every IPv6 address as a name (domainToASCII() has no text for it): OpenSSL checks that below.
  test.each(['localhost', '127.0.0.1', 'barograph.barograph.svc'])('succeeds for a client of %s', async (host) => {
    const certificates = await certificatesIn(await newFolder(), hosts, realNowSeconds);
    const port = await serve(certificates);
    expect(await handshake(port, host, certificates.authority)).toBe('authorized');
  });

  test('fails for a client of another name, and for one that trusts another authority', async () => {
    const certificates = await certificatesIn(await newFolder(), hosts, realNowSeconds);
    const port = await serve(certificates);
    expect(await handshake(port, 'example.com', certificates.authority)).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    const stranger = await createAuthority(realNowSeconds);
    expect(await handshake(port, 'localhost', stranger.certificate)).toMatch(/SIGNATURE|SELF_SIGNED|VERIFY/);
  });
});

const noOpenssl = opensslMissing();

describe.skipIf(noOpenssl !== undefined)(`OpenSSL${noOpenssl === undefined ? '' : ` (${noOpenssl})`}`, () => {
  test('verifies the chain by its strictest rules', async () => {
    const folder = await newFolder();
    await certificatesIn(folder, hosts, realNowSeconds);
    const names = ['-verify_hostname', 'localhost', '-purpose', 'sslserver'];
    const said = openssl(
      'verify',
      '-x509_strict',
      ...names,
      '-CAfile',
      join(folder, 'ca.crt'),
      join(folder, 'tls.crt'),
    );
    expect(said).toContain('tls.crt: OK');
    for (const address of ['127.0.0.1', '::1']) {
      const byAddress = ['-verify_ip', address, '-CAfile', join(folder, 'ca.crt'), join(folder, 'tls.crt')];
      expect(openssl('verify', ...byAddress)).toContain('tls.crt: OK');
    }
  });

  test('finds the key in order', async () => {
    const folder = await newFolder();
    const { serving } = await certificatesIn(folder, hosts, realNowSeconds);
    writeIn(folder, 'key.pem', serving.privateKey);
    expect(openssl('rsa', '-check', '-noout', '-in', join(folder, 'key.pem'))).toContain('RSA key ok');
  });
});

function openssl(...args: readonly string[]): string {
  return execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function opensslMissing(): string | undefined {
  try {
    openssl('version');
    return undefined;
  } catch {
    return '`openssl` is not installed';
  }
}

function serve({ serving }: Certificates): Promise<number> {
  const server = createServer({ cert: serving.certificate, key: serving.privateKey }, (socket) => socket.end());
  server.on('tlsClientError', () => undefined);
  onTestFinished(() => void server.close());
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const bound = server.address();
      resolve(typeof bound === 'object' && bound !== null ? bound.port : 0);
    });
  });
}

/** 'authorized', else why not. The name is checked and not resolved. */
function handshake(port: number, host: string, ca: string): Promise<string> {
  return new Promise((resolve) => {
    const check: typeof checkServerIdentity = (_, certificate) => checkServerIdentity(host, certificate);
    const socket = connect({ host: '127.0.0.1', port, ca, checkServerIdentity: check }, () => {
      resolve(socket.authorized ? 'authorized' : String(socket.authorizationError));
      socket.destroy();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}
