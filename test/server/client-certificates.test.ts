import { Agent, request } from 'node:https';
import forge from 'node-forge';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAuthority, createServing, type KeyPair } from '../../certs/authority.ts';
import { silentLogger } from '../../src/core/log.ts';
import { loopbackAccess } from '../../src/server/access.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { type RunningServer, startServer } from '../../src/server/server.ts';
import { sizeOf } from './support/edge.ts';
import { heldData } from './support/held-data.ts';

const file = new URL('./support/thread-program.ts', import.meta.url);

describe.each([1, 2])('callers that must show a certificate, to %i threads', (count) => {
  let server: RunningServer;
  let owner: KeyPair;
  let clients: KeyPair;

  beforeAll(async () => {
    owner = await createAuthority(Date.now() / 1000);
    clients = await createAuthority(Date.now() / 1000);
    const seat = () => ({ data: {}, transfer: [], left: () => undefined });
    server = await startServer({
      address: '127.0.0.1:0',
      certificates: await serving(),
      clientAuthority: clients.certificate,
      logger: silentLogger,
      metrics: createMetrics(new Registry(), { version: '0' }, silentLogger),
      routes: {
        hot: { '/admission/pods': sizeOf, '/extender/filter': sizeOf },
        api: { data: heldData, ready: () => [], access: loopbackAccess },
      },
      ...(count > 1 ? { threads: { count, program: { file, seat } } } : {}),
    });
  });

  afterAll(() => server?.close(1));

  async function serving() {
    return {
      authority: owner.certificate,
      serving: await createServing(owner, ['127.0.0.1'], Date.now() / 1000),
    };
  }

  /** The statuses of some connections, which all threads take their share of. */
  async function statuses(method: string, path: string, client?: KeyPair): Promise<number[]> {
    const own = client === undefined ? {} : { cert: client.certificate, key: client.privateKey };
    const found = new Set<number>();
    for (let attempt = 0; attempt < 8; attempt += 1) {
      const agent = new Agent({ ca: owner.certificate, ...own });
      found.add(await statusOf(method, `${server.url}${path}`, agent));
      agent.destroy();
    }
    return [...found];
  }

  test('are answered with one of the right authority, and refused without or with another', async () => {
    const stranger = await createAuthority(Date.now() / 1000);
    for (const path of ['/admission/pods', '/extender/filter']) {
      expect(await statuses('POST', path, clientOf(clients))).toEqual([200]);
      expect(await statuses('POST', path)).toEqual([403]);
      expect(await statuses('POST', path, clientOf(stranger))).toEqual([403]);
    }
  });

  test('are the API server and the scheduler alone: probes, metrics and people come as before', async () => {
    for (const path of ['/healthz', '/readyz', '/metrics', '/api/v1/status']) {
      expect(await statuses('GET', path)).toEqual([200]);
    }
  });

  test('are asked for it after the serving certificate was changed, too', async () => {
    server.useCertificates(await serving());
    expect(await statuses('POST', '/admission/pods')).toEqual([403]);
    expect(await statuses('POST', '/admission/pods', clientOf(clients))).toEqual([200]);
  });
});

function statusOf(method: string, url: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, agent }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end(method === 'POST' ? '{}' : undefined);
  });
}

const keys = forge.pki.rsa.generateKeyPair({ bits: 2048 });

/** As kube-scheduler would have one: for clients only. */
function clientOf(authority: KeyPair): KeyPair {
  const issuer = forge.pki.certificateFromPem(authority.certificate);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = keys.publicKey;
  certificate.serialNumber = '01';
  certificate.validity.notBefore = new Date(Date.now() - 60_000);
  certificate.validity.notAfter = new Date(Date.now() + 3_600_000);
  certificate.setSubject([{ name: 'commonName', value: 'system:kube-scheduler' }]);
  certificate.setIssuer(issuer.subject.attributes);
  certificate.setExtensions([{ name: 'extKeyUsage', clientAuth: true }]);
  certificate.sign(forge.pki.privateKeyFromPem(authority.privateKey), forge.md.sha256.create());
  return {
    certificate: forge.pki.certificateToPem(certificate),
    privateKey: forge.pki.privateKeyToPem(keys.privateKey),
  };
}
