import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { certificatesOf } from '../../certs/pem.ts';
import { rotate } from '../../certs/rotation.ts';
import { webhookObjects } from '../../src/cli/install/webhooks.ts';
import { openConnection } from '../../src/cluster/connection.ts';
import { systemClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/log.ts';
import { createCertificateKeeper } from '../../src/operator/certificate-keeper.ts';
import { certificateSecret } from '../../src/operator/certificate-secret.ts';
import { createElector } from '../../src/operator/elector.ts';
import { installOptions } from '../deploy/install-options.ts';
import { runCli } from '../journey/support/run-cli.ts';
import { applyAll } from './apply.ts';
import { clusterAvailable } from './available.ts';
import { type Cluster, clusterStartMilliseconds, startCluster } from './start.ts';
import { waitFor } from './wait-for.ts';

const skip = clusterAvailable();
const program = fileURLToPath(new URL('./elector-process.ts', import.meta.url));

describe.skipIf(skip !== undefined)(`an election${skip === undefined ? '' : ` (${skip})`}`, () => {
  let cluster: Cluster;
  const candidates: Candidate[] = [];

  beforeAll(async () => {
    cluster = await startCluster();
  }, clusterStartMilliseconds);

  afterEach(() => {
    for (const { child } of candidates.splice(0)) child.kill('SIGKILL');
  });

  afterAll(() => cluster?.stop());

  function join(name: string, identity: string, skewSeconds = 0): Candidate {
    const candidate = new Candidate([cluster.kubeconfig, name, identity, String(skewSeconds)]);
    candidates.push(candidate);
    return candidate;
  }

  const leaders = (): number => candidates.filter(({ leads }) => leads).length;

  test.each([
    ['agree', 0],
    ['differ by an hour', 3600],
  ])(
    'has one leader, and another when that one is killed, when the clocks %s',
    async (_, skewSeconds) => {
      const name = `killed-${skewSeconds}`;
      const first = join(name, 'first', skewSeconds);
      await waitFor(() => first.leads, 10, 'the first leader');
      const second = join(name, 'second', -skewSeconds);
      await waitFor(() => second.said.length > 0, 10, 'the second to look');
      await new Promise((resolve) => setTimeout(resolve, 4000));
      expect([first.leads, second.leads]).toEqual([true, false]);
      first.child.kill('SIGKILL');
      const killed = performance.now();
      first.leads = false;
      await waitFor(() => second.leads, 15, 'the second to lead');
      // Not before the Lease of the first has ended, and not long after.
      expect(performance.now() - killed).toBeGreaterThan(1900);
      const path = `/apis/coordination.k8s.io/v1/namespaces/default/leases/${name}`;
      expect((await cluster.api.get(path)).spec).toMatchObject({ holderIdentity: 'second', leaseTransitions: 1 });
    },
    60_000,
  );

  test('changes hands at once when a leader ends in order', async () => {
    const first = join('ended', 'first');
    await waitFor(() => first.leads, 10, 'the first leader');
    const second = join('ended', 'second');
    await waitFor(() => second.said.length > 0, 10, 'the second to look');
    first.child.kill('SIGTERM');
    await waitFor(() => second.leads, 10, 'the second to lead');
  }, 60_000);

  test('never has two leaders while the API server goes away and comes back', async () => {
    const names = ['a', 'b', 'c'].map((identity) => join('cut', identity));
    await waitFor(() => leaders() === 1, 10, 'a leader');
    let most = 0;
    const watching = setInterval(() => {
      most = Math.max(most, leaders());
    }, 10);
    await cluster.kill('apiserver');
    await waitFor(() => leaders() === 0, 10, 'the leader to stop');
    await cluster.start('apiserver');
    await waitFor(() => leaders() === 1, 20, 'a leader again');
    await new Promise((resolve) => setTimeout(resolve, 3000));
    clearInterval(watching);
    expect(most).toBe(1);
    expect(names.some(({ leads }) => leads)).toBe(true);
  }, 90_000);

  test('lets one replica make certificates, which the others and the API server follow through a change of authority', async () => {
    const installed = installOptions({ certificates: { kind: 'managed' }, refuseInvalid: true });
    await cluster.api.createNamespace('barograph');
    await applyAll(cluster, webhookObjects(installed));
    const secret = { namespace: 'barograph', name: 'barograph-tls' };
    const connection = openConnection({ kubeconfig: cluster.kubeconfig });
    const replicas = ['a', 'b'].map((identity) => {
      const lease = { namespace: 'barograph', name: 'barograph' };
      const elector = createElector({ connection, lease, identity, logger: silentLogger });
      const registrations = [
        { kind: 'mutatingwebhookconfigurations', name: 'barograph' },
        { kind: 'validatingwebhookconfigurations', name: 'barograph' },
      ] as const;
      const common = { connection, secret, registrations, hosts: ['localhost'], elector };
      return { elector, keeper: createCertificateKeeper({ ...common, clock: systemClock, logger: silentLogger }) };
    });
    for (const { elector } of replicas) elector.start();
    const [a, b] = await Promise.all(replicas.map(({ keeper }) => keeper.ready(20)));
    expect(a).toEqual(b);
    const trusted = async (): Promise<string[][]> => {
      const kinds = ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'];
      const bundles = kinds.map(async (kind) => {
        const { webhooks } = await cluster.api.get(`/apis/admissionregistration.k8s.io/v1/${kind}/barograph`);
        return webhooks.map((webhook: { clientConfig: { caBundle: string } }) =>
          Buffer.from(webhook.clientConfig.caBundle, 'base64').toString(),
        );
      });
      return (await Promise.all(bundles)).flat().map(certificatesOf);
    };
    expect(await trusted()).toEqual([1, 2, 3].map(() => certificatesOf(a?.authority ?? '')));

    const store = certificateSecret(connection, secret);
    for (const expected of [2, 2, 1]) {
      const { found, version } = await store.read();
      const step = await rotate(found, { hosts: ['localhost'], nowSeconds: Date.now() / 1000, wish: 'authority' });
      if (step === undefined) return expect.unreachable();
      expect(await store.write(step.kept, version)).toBe(true);
      for (const { keeper } of replicas) await keeper.turn();
      expect((await trusted()).map(({ length }) => length)).toEqual([expected, expected, expected]);
      const [one, other] = replicas.map(({ keeper }) => keeper.certificates);
      expect(one?.serving.certificate).toBe(step.kept.serving);
      expect(other).toEqual(one);
    }
    // What an admin applies again says nothing of bundles, and takes none away.
    await applyAll(cluster, webhookObjects(installed));
    expect((await trusted()).map(({ length }) => length)).toEqual([1, 1, 1]);
    for (const { elector } of replicas) await elector.close();
  }, 90_000);

  test('is not needed by the command line, which shows and renews what is in the Secret', async () => {
    const connection = openConnection({ kubeconfig: cluster.kubeconfig });
    const store = certificateSecret(connection, { namespace: 'default', name: 'by-hand' });
    const place = ['--secret', 'default/by-hand', '--kubeconfig', cluster.kubeconfig];
    await expect(runCli(['certs', 'show', ...place])).rejects.toThrow('CERTIFICATE_INVALID');
    const made = await rotate({}, { hosts: ['localhost', '127.0.0.1'], nowSeconds: Date.now() / 1000 });
    if (made === undefined) return expect.unreachable();
    expect(await store.write(made.kept, undefined)).toBe(true);
    expect(await runCli(['certs', 'show', ...place, '--pem'])).toBe(made.kept.authority);
    const rowsOf = async (...args: string[]): Promise<{ certificate: string; for?: string }[]> =>
      JSON.parse(await runCli(['certs', ...args, ...place, '--output', 'json']));
    const shown = await rowsOf('renew');
    expect(shown).toMatchObject([{ certificate: 'authority' }, { for: 'DNS:localhost, IP Address:127.0.0.1' }]);
    const renewed = (await store.read()).found;
    expect(renewed.authority).toBe(made.kept.authority);
    expect(renewed.serving).not.toBe(made.kept.serving);
    const changing = await rowsOf('renew', '--authority');
    expect(changing.map(({ certificate }) => certificate)).toEqual(['authority', 'trusted too', 'serving']);
    expect((await store.read()).found.nextKey).toBeDefined();
  }, 180_000);
});

class Candidate {
  readonly child: ChildProcess;
  readonly said: string[] = [];
  leads = false;

  constructor(args: readonly string[]) {
    const flags = ['--disable-warning=ExperimentalWarning', program, ...args];
    this.child = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.said.push(...text.trim().split('\n'));
      this.leads = this.said.at(-1) === 'leads';
    });
    this.child.once('exit', () => {
      this.leads = false;
    });
  }
}
