import { expect, test } from 'vitest';
import { certificatesOf } from '../../certs/pem.ts';
import { rotate } from '../../certs/rotation.ts';
import { manualClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/log.ts';
import { createCertificateKeeper } from '../../src/operator/certificate-keeper.ts';
import { certificateSecret } from '../../src/operator/certificate-secret.ts';
import { MemoryApi } from './memory-api.ts';

const secret = { namespace: 'barograph', name: 'barograph-tls' };
const secretPath = '/api/v1/namespaces/barograph/secrets/barograph-tls';
const webhooksPath = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/barograph';
const hosts = ['localhost'];
const startSeconds = 1_767_225_600;

function world() {
  const api = new MemoryApi();
  api.put(secretPath, { kind: 'Secret', metadata: secret, type: 'Opaque' });
  api.put(webhooksPath, {
    metadata: { name: 'barograph' },
    webhooks: ['a', 'b'].map((name) => ({ name, clientConfig: { service: { name: 'barograph' } } })),
  });
  const clock = manualClock(startSeconds);
  const keeper = (elector: { isLeader: boolean }) =>
    createCertificateKeeper({
      connection: api,
      secret,
      registrations: [
        { kind: 'mutatingwebhookconfigurations', name: 'barograph' },
        { kind: 'validatingwebhookconfigurations', name: 'barograph' },
      ],
      hosts,
      elector,
      clock,
      logger: silentLogger,
    });
  const bundles = (): (string | undefined)[] => {
    const { webhooks } = api.object(webhooksPath) as { webhooks: { clientConfig: { caBundle?: string } }[] };
    return webhooks.map(({ clientConfig }) => clientConfig.caBundle);
  };
  return { api, clock, keeper, bundles };
}

test('whoever leads fills the Secret and tells the API server what to trust; the others follow', async () => {
  const { keeper, bundles, api } = world();
  const [leader, follower] = [keeper({ isLeader: true }), keeper({ isLeader: false })];
  await follower.turn();
  expect(follower.certificates).toBeUndefined();
  await leader.turn();
  await follower.turn();
  expect(follower.certificates).toEqual(leader.certificates);
  const expected = Buffer.from(leader.certificates?.authority ?? '').toString('base64');
  expect(bundles()).toEqual([expected, expected]);
  const writes = api.calls.filter((call) => !call.startsWith('GET')).length;
  await leader.turn();
  await follower.turn();
  expect(api.calls.filter((call) => !call.startsWith('GET'))).toHaveLength(writes);
});

test('a bundle that somebody overwrote is put right at the next turn', async () => {
  const { keeper, bundles, api } = world();
  const leader = keeper({ isLeader: true });
  await leader.turn();
  const [right] = bundles();
  await api.send('PATCH', webhooksPath, { webhooks: [{ name: 'a', clientConfig: { caBundle: 'eA==' } }] });
  await leader.turn();
  expect(bundles()).toEqual([right]);
});

test('one that does not lead any more when the keys are made writes nothing', async () => {
  const { keeper, api } = world();
  let asked = 0;
  const elector = {
    get isLeader() {
      asked += 1;
      return asked === 1;
    },
  };
  await keeper(elector).turn();
  expect(api.calls.filter((call) => !call.startsWith('GET'))).toEqual([]);
});

test('of two that both take themselves for the leader one writes, and both serve what it wrote', async () => {
  const { keeper } = world();
  const [a, b] = [keeper({ isLeader: true }), keeper({ isLeader: true })];
  await Promise.all([a.turn(), b.turn()]);
  await Promise.all([a.turn(), b.turn()]);
  expect(a.certificates).toBeDefined();
  expect(b.certificates).toEqual(a.certificates);
});

test('the API server trusts a new authority before anything is signed by it', async () => {
  const { keeper, bundles, api, clock } = world();
  const leader = keeper({ isLeader: true });
  await leader.turn();
  const store = certificateSecret(api, secret);
  const { found, version } = await store.read();
  const change = await rotate(found, { hosts, nowSeconds: clock.nowSeconds(), wish: 'authority' });
  if (change !== undefined) await store.write(change.kept, version);
  const before = leader.certificates?.serving;
  await leader.turn();
  const trusted = Buffer.from(bundles()[0] ?? '', 'base64').toString();
  expect(certificatesOf(trusted)).toHaveLength(2);
  expect(leader.certificates?.serving).toEqual(before);
  clock.set(startSeconds + 8 * 86_400);
  await leader.turn();
  expect(leader.certificates?.serving).not.toEqual(before);
  const now = Buffer.from(bundles()[0] ?? '', 'base64').toString();
  expect(certificatesOf(now).toReversed()).toEqual(certificatesOf(trusted));
  expect((await store.read()).found.nextKey).toBeUndefined();
});

test('while the API server is away everything stays as it was', async () => {
  const { keeper, api } = world();
  const leader = keeper({ isLeader: true });
  await leader.turn();
  const before = leader.certificates;
  api.failure = new Error('cut off');
  await leader.turn();
  expect(leader.certificates).toEqual(before);
});

test('a start without certificates ends with what kept them away', async () => {
  const { keeper, api } = world();
  api.failure = new Error('cut off');
  await expect(keeper({ isLeader: true }).ready(0)).rejects.toMatchObject({
    code: 'CERTIFICATE_INVALID',
    message: expect.stringContaining('barograph/barograph-tls'),
    cause: api.failure,
  });
});
