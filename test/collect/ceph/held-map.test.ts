import { expect, test } from 'vitest';
import type { ClusterMap } from '../../../src/collect/ceph/cluster-map.ts';
import type { CephDocuments } from '../../../src/collect/ceph/documents.ts';
import { HeldMap } from '../../../src/collect/ceph/held-map.ts';
import { manualClock } from '../../../src/core/clock.ts';
import { BarographError } from '../../../src/core/errors.ts';
import { silentLogger } from '../../../src/core/log.ts';
import { recordedMap } from './support/recorded.ts';

const map = recordedMap();
const known = { pools: [1, 2, 3, 4], checks: ['OSD_DOWN'] };

test('a map is read once a minute', async () => {
  const { held, documents, clock } = heldMap();
  await held.read(known, undefined);
  clock.set(59);
  expect(await held.read(known, undefined)).toEqual({ map, ageSeconds: 59 });
  expect(documents.reads).toBe(1);
  clock.set(60);
  expect(await held.read(known, undefined)).toEqual({ map, ageSeconds: 0 });
  expect(documents.reads).toBe(2);
});

test('a pool or a health check that it does not have makes it be read at once', async () => {
  const { held, documents } = heldMap();
  await held.read(known, undefined);
  await held.read({ ...known, pools: [1, 2, 9] }, undefined);
  expect(documents.reads).toBe(2);
  await held.read({ ...known, checks: ['OSD_NEARFULL'] }, undefined);
  expect(documents.reads).toBe(3);
});

test('while it cannot be read the one before stands, for an hour', async () => {
  const { held, documents, clock } = heldMap();
  await held.read(known, undefined);
  documents.failure = new BarographError('SOURCE_UNAVAILABLE', 'the command is gone');
  clock.set(3599);
  expect(await held.read(known, undefined)).toEqual({ map, ageSeconds: 3599 });
  clock.set(3600);
  await expect(held.read(known, undefined)).rejects.toThrow(
    'the map of the cluster cannot be read: the command is gone',
  );
  documents.failure = undefined;
  expect(await held.read(known, undefined)).toEqual({ map, ageSeconds: 0 });
});

test('one that could never be read is an error', async () => {
  const { held, documents } = heldMap();
  documents.failure = new BarographError('SOURCE_UNAVAILABLE', 'no rights');
  await expect(held.read(known, undefined)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
});

class Documents implements CephDocuments {
  reads = 0;
  failure: Error | undefined;

  async readMap(): Promise<ClusterMap> {
    this.reads += 1;
    if (this.failure !== undefined) throw this.failure;
    return map;
  }

  async readDevice() {
    return [];
  }

  close(): void {}
}

function heldMap() {
  const [documents, clock] = [new Documents(), manualClock(0)];
  return { held: new HeldMap(documents, clock, silentLogger), documents, clock };
}
