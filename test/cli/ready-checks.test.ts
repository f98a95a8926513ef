import { expect, test } from 'vitest';
import { type Readiness, readyChecks } from '../../src/cli/ready-checks.ts';
import { memoryView } from '../../src/cluster/memory-view.ts';
import { manualClock } from '../../src/core/clock.ts';
import { configSchema } from '../../src/core/config.ts';
import { outlookOf } from '../support/samples.ts';

const config = configSchema.parse({ source: { kind: 'trace', path: '.' } });
const outlook = outlookOf(7, []);

function checks(changes: { outlook?: typeof outlook; nowSeconds?: number; history?: number; synced?: boolean }) {
  const { history, nowSeconds = outlook.dataSeconds, synced = true } = changes;
  const readiness = {
    config,
    view: memoryView({ synced }),
    cluster: undefined,
    clock: manualClock(nowSeconds),
    outlook: { outlook: changes.outlook } as Readiness['outlook'],
    trainer: history === undefined ? undefined : { status: { history } },
  };
  return readyChecks(readiness);
}

test('a server without forecasts is ready, and says how far it is', () => {
  const [cluster, forecasts] = checks({ history: 0.34 });
  expect(cluster).toMatchObject({ name: 'cluster', ok: true });
  expect(forecasts).toEqual({ name: 'outlook', ok: true, message: 'none yet, 34 % of the history is read' });
  expect(checks({})[1]?.message).toBe('none yet');
});

test('one that has not read the cluster is not, whatever forecasts it has', () => {
  expect(checks({ outlook, synced: false }).map(({ ok }) => ok)).toEqual([false, true]);
});

test('it says which forecasts it has, and when they are not acted on', () => {
  expect(checks({ outlook })[1]?.message).toMatch(/^version 7 with forecasts of \d+ containers$/);
  const late = checks({ outlook, nowSeconds: outlook.dataSeconds + 3600 });
  expect(late[1]).toMatchObject({ ok: true, message: expect.stringContaining('not acted on') });
});
