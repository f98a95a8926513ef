import { expect, test } from 'vitest';
import { silentLogger } from '../../src/core/log.ts';
import { createLeaseWatch } from '../../src/operator/lease-watch.ts';
import { MemoryApi } from './memory-api.ts';

const lease = { namespace: 'barograph', name: 'barograph-scheduler' };
const path = '/apis/coordination.k8s.io/v1/namespaces/barograph/leases/barograph-scheduler';

function world() {
  const api = new MemoryApi();
  let milliseconds = 0;
  const watch = createLeaseWatch({ connection: api, lease, logger: silentLogger, nowMilliseconds: () => milliseconds });
  const renew = (renewTime: string, holderIdentity = 'a'): void => {
    api.put(path, { metadata: lease, spec: { holderIdentity, renewTime, leaseDurationSeconds: 15 } });
  };
  const look = async (afterSeconds: number): Promise<boolean> => {
    milliseconds += afterSeconds * 1000;
    await watch.look();
    return watch.isFresh;
  };
  return { api, watch, renew, look, pass: (seconds: number) => (milliseconds += seconds * 1000) };
}

test('a Lease is fresh when it was seen to be renewed, for its own duration', async () => {
  const { watch, renew, look, pass } = world();
  expect(await look(0)).toBe(false);
  renew('2026-01-01T00:00:00Z');
  expect(await look(5)).toBe(false);
  renew('2026-01-01T00:00:02Z');
  expect(await look(5)).toBe(true);
  pass(14);
  expect(watch.isFresh).toBe(true);
  pass(2);
  expect(watch.isFresh).toBe(false);
});

test('times that are written by a clock of long ago count as well', async () => {
  const { renew, look } = world();
  renew('1999-01-01T00:00:00Z');
  await look(0);
  renew('1998-01-01T00:00:00Z');
  expect(await look(2)).toBe(true);
});

test('a Lease that was given back, deleted or cannot be read is not fresh', async () => {
  const { api, watch, renew, look, pass } = world();
  renew('1');
  await look(0);
  renew('2');
  expect(await look(2)).toBe(true);
  renew('3', '');
  expect(await look(2)).toBe(false);
  renew('4');
  await look(2);
  renew('5');
  expect(await look(2)).toBe(true);
  api.failure = new Error('cut off');
  await watch.look();
  pass(16);
  expect(watch.isFresh).toBe(false);
});
