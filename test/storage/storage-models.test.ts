import { describe, expect, test } from 'vitest';
import type { CephReading } from '../../src/core/storage.ts';
import { StorageModels } from '../../src/storage/storage-models.ts';
import type { StorageState } from '../../src/storage/storage-state.ts';
import { cephReading, diskReading, gibibyte, osdReading, poolReading } from '../support/ceph-readings.ts';
import { modelsOptions, readingOf, startSeconds } from './small-ceph.ts';

const day = 86_400;

/** Readings of 40 days, six hours apart, the newest at startSeconds. */
function grown(reading: (timeSeconds: number, days: number) => CephReading): StorageState {
  const models = new StorageModels(modelsOptions);
  for (let step = 0; step <= 160; step += 1) {
    models.take('ceph', reading(startSeconds - (160 - step) * (day / 4), step / 4));
  }
  return models.state(startSeconds);
}

function poolNamed(state: StorageState, name: string) {
  return state.clusters[0]?.pools.find((pool) => pool.name === name);
}

describe('what is expected of a cluster', () => {
  test('dates a pool by its fullest OSD, in the days that are left', () => {
    // The second OSD takes 1 GiB a day and has 45 left until near full; the others hardly anything.
    const state = grown((time, days) =>
      cephReading(time, {
        pools: [poolReading(0, 'data', { size: 3, osds: [0, 1, 2], storedBytes: days * gibibyte })],
        osds: [0, 1, 2].map((id) => osdReading(id, { usedBytes: (id === 1 ? days : 0.1 * days) * gibibyte })),
      }),
    );
    const pool = poolNamed(state, 'data');
    expect((pool?.nearFull?.p50 ?? 0) - startSeconds).toBeGreaterThan(40 * day);
    expect((pool?.nearFull?.p50 ?? 0) - startSeconds).toBeLessThan(50 * day);
    expect((pool?.full?.p50 ?? 0) - (pool?.nearFull?.p50 ?? 0)).toBeGreaterThan(5 * day);
    expect(pool?.growthBytesPerDay).toBeCloseTo(gibibyte, -7);
    expect(pool?.usedShare).toBeCloseTo(0.4, 6);
    const osds = state.clusters[0]?.osds ?? [];
    expect(osds[1]?.nearFull?.p50).toBeLessThan(startSeconds + 50 * day);
    expect(osds[0]?.nearFull?.p50 ?? Number.POSITIVE_INFINITY).toBeGreaterThan(startSeconds + 200 * day);
  });

  test('dates a pool by its quota where that ends first', () => {
    const state = grown((time, days) =>
      cephReading(time, {
        pools: [poolReading(0, 'data', { storedBytes: days * gibibyte, quotaBytes: 60 * gibibyte })],
        osds: [osdReading(0)],
      }),
    );
    const full = poolNamed(state, 'data')?.full?.p50 ?? 0;
    expect(full - startSeconds).toBeGreaterThan(18 * day);
    expect(full - startSeconds).toBeLessThan(22 * day);
  });

  test('is not led astray by disks that were added', () => {
    const state = grown((time, days) => {
      const used = days < 30 ? days : 0.4 * days;
      return cephReading(time, {
        pools: [poolReading(0, 'data', { storedBytes: days * gibibyte })],
        osds: [osdReading(0, { usedBytes: used * gibibyte })],
      });
    });
    const nearFull = poolNamed(state, 'data')?.nearFull?.p50 ?? 0;
    expect(nearFull - startSeconds).toBeGreaterThan(50 * day);
    expect(nearFull - startSeconds).toBeLessThan(180 * day);
  });

  test('names a dying disk, its OSD and host, and by when to replace it', () => {
    const state = grown((time) => readingOf(time, { well: {}, dying: { isDying: time > startSeconds - 3600 } }));
    const disks = state.clusters[0]?.disks ?? [];
    expect(disks.map(({ osd, host, isFailing }) => [osd, host, isFailing])).toEqual([
      [0, 'host-0', false],
      [1, 'host-1', true],
    ]);
    const replaceBy = disks[1]?.outlook.replaceBy?.day ?? Number.NaN;
    expect(replaceBy).toBeLessThanOrEqual(Math.floor(startSeconds / day) + 14);
    expect(poolNamed(state, 'dying')?.disks).toMatchObject({ failing: ['DISK_1'], failingShare: 1 });
    expect(poolNamed(state, 'well')?.refused).toEqual([]);
  });

  test('does not act on what a disk said long ago', () => {
    const models = new StorageModels(modelsOptions);
    const old = diskReading('S0', startSeconds - 3 * day, false);
    models.take('ceph', { ...readingOf(startSeconds, { only: {} }), disks: new Map([['DISK_0', old]]) });
    expect(models.state(startSeconds).clusters[0]?.disks[0]).toMatchObject({
      isFailing: false,
      outlook: { isFailing: true },
    });
  });

  test('takes readings in order and once', () => {
    const models = new StorageModels(modelsOptions);
    const reading = readingOf(startSeconds, { only: {} });
    models.take('ceph', reading);
    models.take('ceph', { ...readingOf(startSeconds - 60, { other: {} }) });
    const state = models.state(startSeconds + 1);
    expect(state.clusters.map(({ pools, dataSeconds }) => [pools[0]?.name, dataSeconds])).toEqual([
      ['only', startSeconds],
    ]);
  });

  test('forgets pools and OSDs that are gone', () => {
    const models = new StorageModels(modelsOptions);
    models.take('ceph', readingOf(startSeconds, { one: {}, two: {} }));
    models.take('ceph', readingOf(startSeconds + 30, { one: {} }));
    expect(models.state(startSeconds + 30).clusters[0]?.pools.map(({ name }) => name)).toEqual(['one']);
  });

  test('can be sent to another thread as it is', () => {
    const state = grown((time) => readingOf(time, { one: { isDying: true }, two: {} }));
    expect(structuredClone(state)).toEqual(state);
  });
});

describe('what is expected of volumes', () => {
  test('is when each is full', () => {
    const models = new StorageModels(modelsOptions);
    for (let days = 0; days <= 20; days += 1) {
      const timeSeconds = startSeconds - (20 - days) * day;
      const usedBytes = days * gibibyte;
      models.takeVolumes([
        { timeSeconds, namespace: 'shop', claim: 'orders', usedBytes, capacityBytes: 30 * gibibyte },
      ]);
    }
    const [volume] = models.state(startSeconds).volumes;
    expect(volume).toMatchObject({ namespace: 'shop', claim: 'orders', usedBytes: 20 * gibibyte });
    expect(Math.abs((volume?.full?.p50 ?? 0) - startSeconds - 10 * day)).toBeLessThanOrEqual(day);
    expect(models.state(startSeconds + 2 * day).volumes).toEqual([]);
  });
});

test('what cannot be read is said, with since when', () => {
  const models = new StorageModels(modelsOptions);
  models.failed('east', 'no answer', 100);
  models.failed('east', 'still none', 200);
  expect(models.state(300).failures).toEqual([{ source: 'east', message: 'still none', sinceSeconds: 100 }]);
  models.take('east', readingOf(300, { one: {} }));
  expect(models.state(300).failures).toEqual([]);
});
