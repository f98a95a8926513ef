import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAuthority, createServing } from '../../certs/authority.ts';
import { createClientCertificate } from '../support/client-certificate.ts';
import { prometheusMissing, type RunningPrometheus, startPrometheus } from '../support/prometheus.ts';
import { type RunningProxy, startProxy, type Treatment } from '../support/proxy.ts';
import { sourceOf } from '../support/source-of.ts';

const missing = prometheusMissing();
const title = `credentials for a real Prometheus${missing === undefined ? '' : ` (skipped: ${missing})`}`;
const start = Date.UTC(2024, 2, 4) / 1000;
const range = { startSeconds: start, endSeconds: start + 3600, stepSeconds: 300 };

function* history(): Generator<string> {
  const labels = 'namespace="shop",pod="cart",container="app"';
  for (let second = 30; second <= 3600; second += 30) {
    yield `container_cpu_usage_seconds_total{${labels}} ${second * 0.25} ${start + second}`;
  }
}

/** `open sesame ` with its space, by bcrypt. */
const hash = '$2b$04$abcdefghijklmnopqrstuuUZHjEDISSrq9awTNrj6QgNbyHLolIda';

describe.skipIf(missing !== undefined)(title, () => {
  let folder = '';
  let server: RunningPrometheus;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'barograph-credentials-'));
    server = await startPrometheus({ history: history(), webConfig: `basic_auth_users: { reader: '${hash}' }` });
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };

  const read = async (url: string, auth: object = {}): Promise<number> => {
    const source = sourceOf(url, range.endSeconds, { auth, retryBudget: '1s' });
    try {
      const batches = await Array.fromAsync(source.read(range));
      return batches.at(-1)?.containers[0]?.cpuMillicores.at(-1) ?? Number.NaN;
    } finally {
      await source.close();
    }
  };

  test('a user and a password in a file', async () => {
    const passwordFile = write('password', 'open sesame \n');
    expect(await read(server.url, { username: 'reader', passwordFile })).toBeCloseTo(250);
  });

  test('a user and a password in the address, which no message repeats', async () => {
    const url = server.url.replace('//', '//reader:open%20sesame%20@');
    expect(await read(url)).toBeCloseTo(250);
    const wrong = await read(url.replace('sesame', 'sepulchre')).catch((error: unknown) => error);
    expect(wrong).toMatchObject({ code: 'SOURCE_UNAVAILABLE', message: expect.stringContaining('status 401') });
    expect(String(wrong)).not.toContain('sepulchre');
  });

  test('no password is refused at once, without trying again', async () => {
    const proxy = await startProxy(server.url, () => 'pass');
    await expect(read(proxy.url)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    expect(proxy.paths).toHaveLength(1);
    await proxy.stop();
  });

  test('a password file that is not there is an error that names it', async () => {
    const passwordFile = join(folder, 'nowhere');
    await expect(read(server.url, { username: 'reader', passwordFile })).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      message: expect.stringContaining('nowhere'),
    });
  });

  describe('behind a proxy that asks for a token and a tenant', () => {
    let proxy: RunningProxy;
    let open: RunningPrometheus;
    let token = 'first';
    const treat = ({ headers }: IncomingMessage): Treatment => {
      if (headers.authorization !== `Bearer ${token}`) return { status: 401, body: 'no' };
      return headers['x-scope-orgid'] === 'team-7' ? 'pass' : { status: 403, body: 'no tenant' };
    };
    beforeAll(async () => {
      open = await startPrometheus({ history: history() });
      proxy = await startProxy(open.url, treat);
    });
    afterAll(async () => {
      await proxy?.stop();
      await open?.stop();
    });

    test('both are sent, and a token is read again when its file changes', async () => {
      const bearerTokenFile = write('token', 'first\n');
      const source = sourceOf(proxy.url, range.endSeconds, { auth: { bearerTokenFile, tenant: 'team-7' } });
      expect(await Array.fromAsync(source.read(range))).not.toEqual([]);
      token = 'second, longer';
      write('token', 'second, longer\n');
      expect(await Array.fromAsync(source.read(range))).not.toEqual([]);
      await source.close();
    });

    test('a tenant that is missing is refused', async () => {
      const bearerTokenFile = write('token', token);
      await expect(read(proxy.url, { bearerTokenFile })).rejects.toMatchObject({
        message: expect.stringContaining('status 403: no tenant'),
      });
    });

    test('a redirect is not followed: credentials stay with the host they are for', async () => {
      const elsewhere: string[] = [];
      const other = await startProxy(open.url, ({ headers }) => {
        elsewhere.push(headers.authorization ?? '');
        return 'pass';
      });
      const redirecting = await startProxy(open.url, ({ url }) => ({
        status: 307,
        headers: { location: `${other.url}${url}` },
      }));
      const bearerTokenFile = write('token', token);
      await expect(read(redirecting.url, { bearerTokenFile })).rejects.toMatchObject({
        message: expect.stringContaining('redirects are not followed'),
      });
      expect(elsewhere).toEqual([]);
      await redirecting.stop();
      await other.stop();
    });
  });

  describe('that asks for a client certificate', () => {
    let secure: RunningPrometheus;
    const auth: Record<string, string> = {};
    beforeAll(async () => {
      const now = Date.now() / 1000;
      const authority = await createAuthority(now);
      const serving = await createServing(authority, ['127.0.0.1'], now);
      const client = createClientCertificate(authority, 'reader');
      auth.authorityFile = write('ca.crt', authority.certificate);
      auth.certificateFile = write('client.crt', client.certificate);
      auth.keyFile = write('client.key', client.privateKey);
      secure = await startPrometheus({
        history: history(),
        files: { 'tls.crt': serving.certificate, 'tls.key': serving.privateKey, 'ca.crt': authority.certificate },
        webConfig:
          'tls_server_config: { cert_file: tls.crt, key_file: tls.key, client_ca_file: ca.crt, client_auth_type: RequireAndVerifyClientCert }',
      });
    });
    afterAll(() => secure?.stop());

    test('it is shown, and the server is checked against the given authority', async () => {
      expect(await read(secure.url, auth)).toBeCloseTo(250);
    });

    test('without one there is no answer', async () => {
      const { authorityFile } = auth;
      await expect(read(secure.url, { authorityFile })).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    });

    test('a server that the authority does not vouch for is not asked', async () => {
      const stranger = await createAuthority(Date.now() / 1000);
      const authorityFile = write('stranger.crt', stranger.certificate);
      await expect(read(secure.url, { ...auth, authorityFile })).rejects.toMatchObject({
        code: 'SOURCE_UNAVAILABLE',
        cause: expect.objectContaining({ code: expect.stringMatching(/CERT|SELF_SIGNED|SIGNATURE/) }),
      });
    });
  });
});
