import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requestJson } from '../../src/cli/request-json.ts';
import type { KubeObject } from '../cluster/api.ts';
import { clusterAvailable } from '../cluster/available.ts';
import { clusterStartMilliseconds } from '../cluster/start.ts';
import { waitFor } from '../cluster/wait-for.ts';
import { prometheusMissing } from '../support/prometheus.ts';
import { mountSmallDisk, type SmallDisk, smallDiskMissing } from '../support/small-disk.ts';
import { metricOf } from './support/served-metric.ts';
import { decisionOn, openShop, type Shop } from './support/shop.ts';
import { startWorld, type World } from './support/world.ts';

const skip = clusterAvailable() ?? prometheusMissing() ?? smallDiskMissing();

describe.skipIf(skip !== undefined)(`on a disk that fills up${skip === undefined ? '' : ` (${skip})`}`, () => {
  let disk: SmallDisk;
  let world: World;
  let shop: Shop;

  beforeAll(async () => {
    disk = mountSmallDisk(24);
    // An hour of the replay is 12 s: forecasts are still in use when the disk has been full for a minute.
    const config = { knowledge: { kind: 'sqlite', path: disk.folder }, outlook: { maxAge: '10h' } };
    world = await startWorld({ recordings: ['crane-1', 'rds-e47b3b'], config });
    shop = await openShop(world);
  }, clusterStartMilliseconds);

  afterAll(async () => {
    await world?.end();
    disk?.remove();
  });

  test('pods are sized and nodes scored all the same, what could not be recorded is counted and said, and written when there is room', async () => {
    const { served } = world;
    await shop.expectSized();
    const before = await served.status();
    disk.fill();
    const pods: KubeObject[] = [];
    const isWaiting = async (): Promise<boolean> => {
      pods.push(await shop.expectSized());
      return (await metricOf(served, 'barograph_decisions_waiting')) >= 20;
    };
    await waitFor(isWaiting, 60, 'decisions that cannot be written', 20);
    const failures = async (): Promise<boolean> => (await metricOf(served, 'barograph_trainer_failures_total')) > 0;
    await waitFor(failures, 60, 'training that cannot be kept', 200);
    expect(await score()).toHaveLength(2);
    expect(served.said).toContain('decisions could not be recorded');
    expect(served.said).toContain('database or disk is full');
    expect(served.said).toContain('models stay in memory');
    const newest = decisionOn(pods.at(-1) ?? {});
    expect(await served.get(`/api/v1/decisions/${newest}`)).toMatchObject({ workload: { name: 'service-0' } });

    disk.free();
    const isWritten = async (): Promise<boolean> => (await metricOf(served, 'barograph_decisions_waiting')) === 0;
    await waitFor(isWritten, 30, 'what waited to be written', 200);
    expect(await metricOf(served, 'barograph_dropped_total')).toBe(0);
    await served.outlook(2, Date.parse(before.trainedTo ?? '') / 1000 + 3600);
    expect(served.said).toContain('decisions are recorded again');
    // From the disk alone.
    await served.kill();
    await served.restart();
    for (const pod of pods.slice(-20)) {
      const kept = await served.get(`/api/v1/decisions/${decisionOn(pod)}`);
      expect(kept).toMatchObject({ workload: { name: 'service-0' } });
    }
    await waitFor(shop.expectSized, 60, 'pods to be sized again', 500);
  }, 240_000);

  test('what was measured while it was full is in the models of a server that is killed when it has room again', async () => {
    const { served } = world;
    const trainedTo = await waitFor(
      async () => (await served.status()).trainedTo ?? undefined,
      30,
      'training to begin',
    );
    disk.fill();
    const began = Date.parse(trainedTo) / 1000;
    const hasGoneOn = async (): Promise<boolean> =>
      Date.parse((await served.status()).trainedTo ?? '') / 1000 > began + 3 * 300;
    await waitFor(hasGoneOn, 60, 'training to go on in memory', 100);
    disk.free();
    const { trainedTo: freed } = await served.status();
    await served.outlook(2, Date.parse(freed ?? '') / 1000 + 600);
    const said = served.said.length;
    await served.kill();
    await served.restart();
    const restored = (): RegExpExecArray | null =>
      /"trainedToSeconds":(\d+)[^\n]*models restored/.exec(served.said.slice(said));
    const found = await waitFor(() => restored() ?? undefined, 30, 'models to be restored');
    expect(Number(found[1])).toBeGreaterThan(Date.parse(freed ?? '') / 1000);
    await waitFor(shop.expectSized, 60, 'pods to be sized again', 500);
  }, 180_000);

  function score(): Promise<unknown> {
    const { served } = world;
    const authority = readFileSync(join(served.certs, 'ca.crt'), 'utf8');
    const body = { Pod: { metadata: { name: 'one', namespace: 'shop' }, spec: {} }, NodeNames: ['node-0', 'node-1'] };
    return requestJson(`${served.url}/extender/prioritize`, { authority, token: undefined }, body);
  }
});
