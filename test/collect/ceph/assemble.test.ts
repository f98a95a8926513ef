import { expect, test } from 'vitest';
import { assemble } from '../../../src/collect/ceph/assemble.ts';
import { CounterMemory } from '../../../src/collect/ceph/counter-memory.ts';
import { noDisks } from '../../../src/collect/ceph/disks.ts';
import type { MapInHand } from '../../../src/collect/ceph/held-map.ts';
import type { CephReading } from '../../../src/core/storage.ts';
import { recorded, recordedMap, sampleOf } from './support/recorded.ts';

const inHand: MapInHand = { map: recordedMap(), ageSeconds: 0 };

test('pools are on the OSDs that their rules choose', () => {
  const reading = readingOf(['pacific-after.txt'], inHand);
  expect(
    reading.pools.map(({ name, osds, deviceClass, failureDomain }) => ({ name, osds, deviceClass, failureDomain })),
  ).toEqual([
    { name: 'device_health_metrics', osds: [0, 1, 2, 3], deviceClass: undefined, failureDomain: 'osd' },
    { name: 'fast', osds: [0], deviceClass: 'ssd', failureDomain: 'osd' },
    { name: 'slow', osds: [1, 2, 3], deviceClass: 'hdd', failureDomain: 'host' },
    { name: 'erasure', osds: [1, 2, 3], deviceClass: 'hdd', failureDomain: 'host' },
  ]);
  expect(reading.assumptions).toBeUndefined();
});

test('sizes, quotas, chunks, applications and ratios come from the map', () => {
  const { pools, ratios, cluster } = readingOf(['pacific-after.txt'], inHand);
  expect(
    pools.map(({ size, minSize, erasureCoded, dataChunks, quotaBytes, application }) => ({
      size,
      minSize,
      erasureCoded,
      dataChunks,
      quotaBytes,
      application,
    })),
  ).toEqual([
    {
      size: 1,
      minSize: 1,
      erasureCoded: false,
      dataChunks: undefined,
      quotaBytes: undefined,
      application: 'mgr_devicehealth',
    },
    { size: 1, minSize: 1, erasureCoded: false, dataChunks: undefined, quotaBytes: 2 ** 30, application: 'rbd' },
    { size: 2, minSize: 1, erasureCoded: false, dataChunks: undefined, quotaBytes: undefined, application: 'rbd' },
    { size: 3, minSize: 2, erasureCoded: true, dataChunks: 2, quotaBytes: undefined, application: 'rbd' },
  ]);
  expect(ratios).toEqual({ nearFull: 0.85, backfillFull: 0.9, full: 0.95 });
  expect(cluster).toMatch(/^[0-9a-f-]{36}$/);
});

test('OSDs have their host, class, devices, sizes and weights', () => {
  const { osds } = readingOf(['pacific-after.txt'], inHand);
  expect(osds).toHaveLength(4);
  expect(osds[1]).toMatchObject({
    id: 1,
    up: true,
    in: true,
    weight: 1,
    host: 'node-b',
    deviceClass: 'hdd',
    deviceIds: ['ST4000DM000_LAB1'],
    devices: ['loop4'],
    totalBytes: 4 * 2 ** 30,
  });
  expect(osds[1]?.crushWeight).toBeCloseTo(4 / 1024, 4);
});

test('an OSD that is down is told, with what Ceph says of it and the groups that are not clean', () => {
  const { osds, health, placementGroups } = readingOf(['osd-down.txt'], inHand);
  expect(osds.map(({ up }) => up)).toEqual([true, true, true, false]);
  expect(health).toEqual({
    status: 'HEALTH_WARN',
    checks: [
      { code: 'OSD_DOWN', severity: 'HEALTH_WARN', summary: '1 osds down' },
      { code: 'OSD_HOST_DOWN', severity: 'HEALTH_WARN', summary: '1 host (1 osds) down' },
      expect.objectContaining({ code: 'PG_DEGRADED', summary: expect.stringContaining('objects degraded') as string }),
    ],
  });
  expect(placementGroups).toEqual({ total: 25, unclean: 15 });
});

test('without a map, what the metrics say of a pool is read and the rest assumed, and said', () => {
  const { pools, ratios, osds, cluster, assumptions } = readingOf(['pacific-after.txt'], undefined);
  expect(
    pools.map(({ size, minSize, dataChunks, erasureCoded }) => ({ size, minSize, dataChunks, erasureCoded })),
  ).toEqual([
    { size: 1, minSize: 1, dataChunks: undefined, erasureCoded: false },
    { size: 1, minSize: 1, dataChunks: undefined, erasureCoded: false },
    { size: 2, minSize: 1, dataChunks: undefined, erasureCoded: false },
    { size: 3, minSize: 3, dataChunks: 2, erasureCoded: true },
  ]);
  expect(pools[1]).toMatchObject({
    osds: [0, 1, 2, 3],
    quotaBytes: 2 ** 30,
    application: undefined,
    failureDomain: 'host',
  });
  expect(ratios.nearFull).toBe(0.85);
  expect(osds[0]).toMatchObject({ deviceClass: 'ssd', crushWeight: 4 / 1024 });
  expect(cluster).toBe('');
  expect(assumptions?.join()).toContain('the CRUSH map is not read');
});

test('an OSD that does not say how full it is counts as the fullest of its class, never as empty', () => {
  const page = recorded('pacific-after.txt')
    .split('\n')
    .filter((line) => !/^ceph_osd_stat_bytes(_used)?\{ceph_daemon="osd.3"/.test(line))
    .join('\n');
  const { osds, assumptions } = readingOf([page], inHand, (text) => text);
  const [, one, two, three] = osds;
  expect(three?.usedBytes).toBeCloseTo(Math.max(one?.usedBytes ?? 0, two?.usedBytes ?? 0), -7);
  expect(assumptions).toEqual(['osd.3 did not say how full: taken to be as full as the fullest of the same class']);
});

test('a pool that is being made or removed is left out, and the others are read', () => {
  const page = recorded('pacific-after.txt').replaceAll(/^ceph_pool_stored\{pool_id="4"\}.*$/gm, '');
  expect(readingOf([page], inHand, (text) => text).pools.map(({ name }) => name)).toEqual([
    'device_health_metrics',
    'fast',
    'slow',
  ]);
});

test('a map that could not be read for long is said', () => {
  const { assumptions } = readingOf(['pacific-after.txt'], { ...inHand, ageSeconds: 1800 });
  expect(assumptions?.[0]).toContain('for 30 minutes');
});

function readingOf(pages: readonly string[], map: MapInHand | undefined, textOf = recorded): CephReading {
  const sample = sampleOf(pages.map(textOf), 1_700_000_000);
  return assemble({ sample, rates: new CounterMemory().take(sample), map, disks: noDisks });
}
