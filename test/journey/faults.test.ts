import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requestJson } from '../../src/cli/request-json.ts';
import { waitFor } from '../cluster/api.ts';
import { clusterAvailable } from '../cluster/available.ts';
import { clusterStartMilliseconds } from '../cluster/start.ts';
import { prometheusMissing } from '../support/prometheus.ts';
import { type LoadResult, startLoad } from './support/load.ts';
import { runCli } from './support/run-cli.ts';
import { decisionOn, openShop, type Shop } from './support/shop.ts';
import { startWorld, type World } from './support/world.ts';

const skip = clusterAvailable() ?? prometheusMissing();

describe.skipIf(skip !== undefined)(`faults${skip === undefined ? '' : ` (${skip})`}`, () => {
  let world: World;
  let shop: Shop;

  beforeAll(async () => {
    // An hour of the replay is 12 s.
    world = await startWorld({ recordings: ['crane-1', 'rds-e47b3b'], config: { outlook: { maxAge: '1h' } } });
    shop = await openShop(world);
  }, clusterStartMilliseconds);

  afterAll(() => world?.end());

  test('a certificate that is renewed under load costs no call', async () => {
    const { served } = world;
    const before = await shownSerial();
    const authority = readFileSync(join(served.certs, 'ca.crt'), 'utf8');
    const body = { Pod: { metadata: { name: 'one', namespace: 'shop' }, spec: {} }, NodeNames: ['node-0', 'node-1'] };
    const url = `${served.url}/extender/prioritize`;
    const load = startLoad(async () => void (await requestJson(url, { authority, token: undefined }, body)), 50);
    await runCli(['certs', 'renew', '--config', served.configFile]);
    await waitFor(async () => (await shownSerial()) !== before, 90, 'the new certificate to be shown', 200);
    await sleep(1000);
    const result = await load.stop();
    tell('certificate renewed under load', result);
    expect(result.failures).toEqual([]);
  }, 150_000);

  test('a server that is killed under load costs no pod', async () => {
    const { served } = world;
    const load = startLoad(async () => void (await shop.createPod()), 20);
    await sleep(1500);
    await served.kill();
    await sleep(2000);
    await served.restart();
    await served.outlook(2);
    const result = await load.stop();
    tell('server killed under load', result);
    expect(result.failures).toEqual([]);
    await waitFor(shop.expectSized, 30, 'pods to be sized again', 500);
  }, 120_000);

  test('decisions go on while the API server is away, and pods are sized when it is back', async () => {
    const { cluster, served } = world;
    await cluster.kill('apiserver');
    const authority = readFileSync(join(served.certs, 'ca.crt'), 'utf8');
    const body = { Pod: { metadata: { name: 'one', namespace: 'shop' }, spec: {} }, NodeNames: ['node-0', 'node-1'] };
    const scores = await requestJson(`${served.url}/extender/prioritize`, { authority, token: undefined }, body);
    expect(scores).toHaveLength(2);
    await cluster.start('apiserver');
    await waitFor(shop.expectSized, 60, 'pods to be sized again', 500);
  }, 120_000);

  test.each([
    ['is down', 'break' as const],
    ['does not answer', 'hang' as const],
    ['answers nonsense', { status: 200, body: '{"status":"success","data":{"resultType":"matrix","result":[{}]}}' }],
    ['answers with errors', { status: 503, body: 'overloaded' }],
  ])(
    'while Prometheus %s pods go through unchanged once forecasts are old, and nothing is lost',
    async (_, treatment) => {
      const { served } = world;
      await shop.expectSized();
      world.treat(treatment);
      const isStale = async (): Promise<boolean> => (await served.status()).outlook?.fresh === false;
      await waitFor(isStale, 60, 'the Outlook to be too old', 200);
      await shop.expectUnchanged();
      const stopped = Date.parse((await served.status()).trainedTo ?? '') / 1000;
      world.treat('pass');
      await served.outlook(2, stopped + 3600);
      await waitFor(shop.expectSized, 60, 'pods to be sized again', 500);
    },
    180_000,
  );

  test('a locked knowledge base delays no decision and loses none', async () => {
    const { served } = world;
    const lock = new DatabaseSync(join(served.folder, 'knowledge', 'knowledge.sqlite'));
    lock.exec('pragma busy_timeout = 5000; begin immediate');
    const pods = [];
    try {
      for (let i = 0; i < 5; i += 1) pods.push(await shop.expectSized());
    } finally {
      lock.exec('rollback');
      lock.close();
    }
    for (const pod of pods) {
      const id = decisionOn(pod);
      const explain = (): Promise<string> => runCli(['explain', 'decision', id, '--config', served.configFile]);
      expect(await waitFor(explain, 30, `decision ${id} to be written`, 500)).toContain('service-0');
    }
  }, 120_000);

  test('a damaged knowledge base is put aside, and everything is learned anew', async () => {
    const { served, startSeconds } = world;
    await served.stop();
    const file = openSync(join(served.folder, 'knowledge', 'knowledge.sqlite'), 'r+');
    writeSync(file, Buffer.alloc(20_000, 0xff), 0, 20_000, 4096);
    closeSync(file);
    await served.restart();
    await served.outlook(2, startSeconds);
    expect(served.said).toContain('it was put aside');
    await waitFor(shop.expectSized, 60, 'pods to be sized again', 500);
  }, 120_000);

  function shownSerial(): Promise<string> {
    const port = Number(new URL(world.served.url).port);
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
        resolve(socket.getPeerCertificate().serialNumber);
        socket.end();
      });
      socket.on('error', reject);
    });
  }
});

function tell(what: string, { calls, failures, medianMilliseconds, highestMilliseconds }: LoadResult): void {
  const times = `median ${medianMilliseconds.toFixed(1)} ms, highest ${highestMilliseconds.toFixed(0)} ms`;
  process.stdout.write(`faults: ${what}: ${calls} calls, ${failures.length} failed, ${times}\n`);
}
