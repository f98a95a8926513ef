import fc from 'fast-check';
import { expect, test } from 'vitest';
import { silentLogger } from '../../src/core/log.ts';
import { createElector, type Elector } from '../../src/operator/elector.ts';
import { MemoryApi } from './memory-api.ts';

const lease = { namespace: 'barograph', name: 'barograph' };
const path = '/apis/coordination.k8s.io/v1/namespaces/barograph/leases/barograph';

function world() {
  const api = new MemoryApi();
  let milliseconds = 1_000_000;
  // Each machine's clock shows another time; only how fast it runs is the same.
  const elector = (identity: string, skewMilliseconds = 0): Elector =>
    createElector({
      connection: api,
      lease,
      identity,
      logger: silentLogger,
      nowMilliseconds: () => milliseconds + skewMilliseconds,
      wallMilliseconds: () => milliseconds + skewMilliseconds,
    });
  return { api, elector, pass: (seconds: number) => (milliseconds += seconds * 1000) };
}

test('the first one leads, and the second waits', async () => {
  const { elector } = world();
  const [a, b] = [elector('a'), elector('b')];
  await a.attempt();
  await b.attempt();
  expect([a.isLeader, b.isLeader]).toEqual([true, false]);
  expect(b.holder).toBe('a');
});

test('a Lease that was made without a holder is taken', async () => {
  const { api, elector } = world();
  api.put(path, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: lease });
  const a = elector('a');
  await a.attempt();
  expect(a.isLeader).toBe(true);
  expect(api.object(path)?.spec).toMatchObject({
    holderIdentity: 'a',
    leaseDurationSeconds: 15,
    leaseTransitions: 1,
    renewTime: expect.stringMatching(/T\d\d:\d\d:\d\d\.\d{6}Z$/),
  });
});

test('of two that take it at once one leads', async () => {
  const { elector } = world();
  const [a, b] = [elector('a'), elector('b')];
  await Promise.all([a.attempt(), b.attempt()]);
  expect([a.isLeader, b.isLeader].filter(Boolean)).toHaveLength(1);
});

test('a leader that is gone is followed when its Lease has not changed for its whole duration', async () => {
  const { elector, pass } = world();
  const [a, b] = [elector('a'), elector('b')];
  await a.attempt();
  await b.attempt();
  pass(14);
  await b.attempt();
  expect(b.isLeader).toBe(false);
  pass(2);
  await b.attempt();
  expect(b.isLeader).toBe(true);
  expect(a.isLeader).toBe(false);
});

test('a clock that is hours ahead or behind takes nothing away', async () => {
  for (const skew of [-7_200_000, 7_200_000]) {
    const { elector, pass } = world();
    const [a, b] = [elector('a'), elector('b', skew)];
    await a.attempt();
    await b.attempt();
    for (let turn = 0; turn < 20; turn += 1) {
      pass(5);
      await a.attempt();
      await b.attempt();
      expect([a.isLeader, b.isLeader]).toEqual([true, false]);
    }
  }
});

test('a leader that cannot renew stops before another may begin', async () => {
  const { api, elector, pass } = world();
  const [a, b] = [elector('a'), elector('b')];
  await a.attempt();
  await b.attempt();
  api.failure = new Error('cut off');
  pass(9);
  await a.attempt();
  expect(a.isLeader).toBe(true);
  pass(1);
  expect(a.isLeader).toBe(false);
});

test('a leader that ends gives the Lease back at once', async () => {
  const { elector } = world();
  const [a, b] = [elector('a'), elector('b')];
  await a.attempt();
  await a.close();
  expect(a.isLeader).toBe(false);
  await b.attempt();
  expect(b.isLeader).toBe(true);
});

test('one that does not lead gives nothing back', async () => {
  const { api, elector } = world();
  const [a, b] = [elector('a'), elector('b')];
  await a.attempt();
  await b.attempt();
  const before = api.calls.length;
  await b.close();
  expect(api.calls).toHaveLength(before);
  expect(a.isLeader).toBe(true);
});

test('whatever happens, never do two lead at once', async () => {
  const event = fc.oneof(
    fc.record({ kind: fc.constant('attempt' as const), who: fc.nat(2) }),
    fc.record({ kind: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 20 }) }),
    fc.record({ kind: fc.constant('cut' as const), on: fc.boolean() }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 60 }), async (events) => {
      const { api, elector, pass } = world();
      const electors = ['a', 'b', 'c'].map((name, index) => elector(name, index * 3_600_000));
      for (const one of events) {
        if (one.kind === 'attempt') await electors[one.who]?.attempt();
        else if (one.kind === 'pass') pass(one.seconds);
        else api.failure = one.on ? new Error('cut off') : undefined;
        expect(electors.filter(({ isLeader }) => isLeader).length).toBeLessThanOrEqual(1);
      }
    }),
  );
});
