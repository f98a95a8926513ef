import { expect, test } from 'vitest';
import { CurrentOutlook } from '../../src/cli/current-outlook.ts';
import { silentLogger } from '../../src/core/log.ts';
import type { Outlook } from '../../src/core/outlook.ts';
import { openSqlite } from '../../src/knowledge/sqlite.ts';
import { outlookOf } from '../support/samples.ts';

test('a newer Outlook is taken once its forecasts are in memory, and one that fails changes nothing', async () => {
  const knowledge = await openSqlite(':memory:');
  const seen: [string, number][] = [];
  let isBroken = false;
  const current = new CurrentOutlook({
    knowledge,
    cache: {
      refresh: async (version) => {
        if (isBroken) throw new RangeError('no memory');
        seen.push(['refreshed', version]);
      },
    },
    logger: silentLogger,
    onOutlook: ({ version }: Outlook) => void seen.push(['used', version]),
  });
  await current.update();
  expect(current.outlook).toBeUndefined();
  await knowledge.publish({ outlook: outlookOf(1, ['node-0']), forecasts: [], withdrawn: [] });
  await Promise.all([current.update(), current.update()]);
  await knowledge.publish({ outlook: outlookOf(2, ['node-0']), forecasts: [], withdrawn: [] });
  isBroken = true;
  await current.update();
  expect(current.outlook?.version).toBe(1);
  isBroken = false;
  await current.update();
  expect(seen).toEqual([
    ['refreshed', 1],
    ['used', 1],
    ['refreshed', 2],
    ['used', 2],
  ]);
  await knowledge.close();
});
