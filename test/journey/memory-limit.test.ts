import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusterAvailable } from '../cluster/available.ts';
import { clusterStartMilliseconds } from '../cluster/start.ts';
import { waitFor } from '../cluster/wait-for.ts';
import { type MemoryGroup, makeMemoryGroup, memoryGroupMissing } from '../support/memory-group.ts';
import { prometheusMissing } from '../support/prometheus.ts';
import { largeReview, manyNames, startHeavy } from './support/heavy.ts';
import { startLoad } from './support/load.ts';
import { openShop, type Shop } from './support/shop.ts';
import { startWorld, type World } from './support/world.ts';

const skip = clusterAvailable() ?? prometheusMissing() ?? memoryGroupMissing();
const mebibyte = 2 ** 20;

describe.skipIf(skip !== undefined)(`near its memory limit${skip === undefined ? '' : ` (${skip})`}`, () => {
  let group: MemoryGroup;
  let world: World;
  let shop: Shop;

  beforeAll(async () => {
    group = makeMemoryGroup(`barograph-${process.pid}`);
    const serve = { within: group.within };
    world = await startWorld({ recordings: ['crane-1', 'rds-e47b3b'], config: { outlook: { maxAge: '1d' } }, serve });
    shop = await openShop(world);
  }, clusterStartMilliseconds);

  afterAll(async () => {
    await world?.end();
    group?.remove();
  });

  test('large requests are turned away or cost a restart, no pod fails for them, and nothing stays stuck', async () => {
    const { served } = world;
    const usual = startLoad(async () => void (await shop.createPod()), 20);
    await sleep(5000);
    await usual.stop();
    const used = group.usedBytes();
    await served.stop();
    const limit = Math.round(1.2 * used);
    group.limit(limit);
    await served.restart();
    await shop.expectSized();

    const load = startLoad(async () => void (await shop.createPod()), 20);
    const heavy = [
      startHeavy(served, '/admission/pods', largeReview(7 * mebibyte), 4),
      startHeavy(served, '/extender/prioritize', manyNames(100_000), 2),
    ];
    let restarts = 0;
    const end = performance.now() + 30_000;
    while (performance.now() < end) {
      await sleep(500);
      if (!served.hasEnded) continue;
      // As a kubelet would.
      restarts += 1;
      await served.restart();
    }
    const answers = await Promise.all(heavy.map((one) => one.stop()));
    const { failures, calls, medianMilliseconds, highestMilliseconds } = await load.stop();
    const figures = {
      usedMebibytes: Math.round(used / mebibyte),
      limitMebibytes: Math.round(limit / mebibyte),
      restarts,
      answers,
      calls,
      medianMilliseconds,
      highestMilliseconds,
    };
    process.stdout.write(`memory limit: ${JSON.stringify(figures)}\n`);
    expect(failures).toEqual([]);
    if (served.hasEnded) await served.restart();
    await waitFor(shop.expectSized, 60, 'pods to be sized again', 500);
  }, 240_000);
});
