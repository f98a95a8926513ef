import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requestJson } from '../../src/cli/request-json.ts';
import { clusterAvailable } from '../cluster/available.ts';
import { clusterStartMilliseconds } from '../cluster/start.ts';
import { waitFor } from '../cluster/wait-for.ts';
import { prometheusMissing } from '../support/prometheus.ts';
import { startLoad } from './support/load.ts';
import { repository } from './support/run-cli.ts';
import { openShop, type Shop } from './support/shop.ts';
import { startWorld, type World } from './support/world.ts';

const skip = clusterAvailable() ?? prometheusMissing();
const hour = 3600;
// How often the folder of certificates is looked at, and some.
const certificateMilliseconds = 65_000;

describe.skipIf(skip !== undefined)(`a clock that is set${skip === undefined ? '' : ` (${skip})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'barograph-clock-'));
  const file = join(folder, 'offset');
  let world: World;
  let shop: Shop;

  beforeAll(async () => {
    const preload = pathToFileURL(join(repository, 'test/support/stepped-clock.ts'));
    preload.searchParams.set('file', file);
    world = await startWorld({
      recordings: ['crane-1', 'rds-e47b3b'],
      // The machine's own clock, which a step moves; that of other journeys cannot be set.
      startSeconds: Math.floor((Date.now() / 1000 - 2) / 300) * 300,
      rate: 1,
      config: { clock: undefined, training: { history: '7d', delay: '1s' }, outlook: { maxAge: '30m' } },
      serve: { nodeFlags: ['--import', preload.href] },
    });
    shop = await openShop(world);
  }, clusterStartMilliseconds);

  afterAll(async () => {
    await world?.end();
    rmSync(folder, { recursive: true, force: true });
  });

  test('forward by hours makes forecasts stale at once, and good again when it is set right', async () => {
    await shop.expectSized();
    const { trainedTo } = await world.served.status();
    await step(3 * hour);
    await shop.expectUnchanged();
    expect(new Set(await scores()).size).toBe(1);
    expect((await world.served.status()).trainedTo).toBe(trainedTo);
    await step(0);
    await shop.expectSized();
  }, 60_000);

  test('back by hours acts on nothing from the future, renews no certificate, hangs nowhere, and all is well when it is set right', async () => {
    const { served } = world;
    const certificate = readFileSync(join(served.certs, 'tls.crt'), 'utf8');
    await step(-3 * hour);
    const load = startLoad(async () => void (await shop.expectUnchanged()), 5, 1);
    await sleep(certificateMilliseconds - 10_000);
    const { failures, calls } = await load.stop();
    expect(failures).toEqual([]);
    expect(calls).toBeGreaterThan(50);
    await sleep(10_000);
    expect(readFileSync(join(served.certs, 'tls.crt'), 'utf8')).toBe(certificate);
    expect(served.said).not.toContain('a background task failed');
    expect(served.said).not.toContain('serving with another certificate');
    await step(0);
    await shop.expectSized();
    expect(readFileSync(join(served.certs, 'tls.crt'), 'utf8')).toBe(certificate);
  }, 150_000);

  test('a server that starts while it is set back serves, and sizes when it is set right', async () => {
    const { served } = world;
    await served.kill();
    writeFileSync(file, String(-3 * hour));
    await served.restart();
    await shop.expectUnchanged();
    await step(0);
    await waitFor(shop.expectSized, 60, 'pods to be sized again', 500);
  }, 120_000);

  /** Sets the clock of the server off by so many seconds, and waits until all its threads have seen it. */
  async function step(seconds: number): Promise<void> {
    writeFileSync(file, String(seconds));
    const isFresh = seconds === 0;
    await waitFor(async () => (await world.served.status()).outlook?.fresh === isFresh, 20, 'the step to be seen', 50);
    await sleep(200);
  }

  async function scores(): Promise<number[]> {
    const { served } = world;
    const authority = readFileSync(join(served.certs, 'ca.crt'), 'utf8');
    const body = { Pod: { metadata: { name: 'one', namespace: 'shop' }, spec: {} }, NodeNames: ['node-0', 'node-1'] };
    const url = `${served.url}/extender/prioritize`;
    const answer = (await requestJson(url, { authority, token: undefined }, body)) as { Score: number }[];
    return answer.map(({ Score }) => Score);
  }
});
