import { describe, expect, test } from 'vitest';
import { poolRoom, rawPerByte } from '../../src/storage/pool-room.ts';
import { gibibyte, osdReading, poolReading } from '../support/ceph-readings.ts';

const ratios = { nearFull: 0.85, backfillFull: 0.9, full: 0.95 };

describe('the room of a pool', () => {
  test('ends with its fullest OSD, not with the mean of all', () => {
    const osds = [0, 1, 2].map((id) => osdReading(id, { usedBytes: (id === 1 ? 80 : 10) * gibibyte }));
    const pool = poolReading(1, 'data', { size: 3, osds: [0, 1, 2], availableBytes: 15 * gibibyte });
    const { nearFullBytes, fullBytes, usedShare } = poolRoom(pool, osds, ratios);
    // Each OSD takes a third of three times the bytes.
    expect(nearFullBytes / gibibyte).toBeCloseTo(5, 6);
    expect(fullBytes / gibibyte).toBeCloseTo(15, 6);
    expect(usedShare).toBeCloseTo(0.8, 6);
  });

  test('is shared out by CRUSH weight', () => {
    const osds = [osdReading(0, { crushWeight: 0.3 }), osdReading(1, { crushWeight: 0.1 })];
    const pool = poolReading(1, 'data', { size: 1, osds: [0, 1], availableBytes: 1e15 });
    // Three quarters go to the first, which has 75 GiB until near full.
    expect(poolRoom(pool, osds, ratios).nearFullBytes / gibibyte).toBeCloseTo(100, 6);
  });

  test('is what Ceph says where nothing is known of OSDs', () => {
    const pool = poolReading(1, 'data', { osds: [], availableBytes: 7 * gibibyte });
    expect(poolRoom(pool, [], ratios)).toMatchObject({ nearFullBytes: 7 * gibibyte, fullBytes: 7 * gibibyte });
  });

  test('is not taken from OSDs whose size is not known, or that are out', () => {
    const osds = [
      osdReading(0),
      osdReading(1, { totalBytes: Number.NaN, usedBytes: Number.NaN }),
      osdReading(2, { in: false }),
    ];
    const pool = poolReading(1, 'data', { osds: [0, 1, 2], availableBytes: 1e15 });
    expect(poolRoom(pool, osds, ratios).nearFullBytes / gibibyte).toBeCloseTo(150, 6);
  });

  test('counts the quota beside it', () => {
    const pool = poolReading(1, 'data', { quotaBytes: 20 * gibibyte });
    const { quotaBytes, usedShare } = poolRoom(pool, [osdReading(1)], ratios);
    expect([quotaBytes / gibibyte, usedShare]).toEqual([10, 0.5]);
  });

  test('costs replicas their number, and chunks what their redundancy adds', () => {
    expect(rawPerByte(poolReading(1, 'a', { size: 3 }))).toBe(3);
    expect(rawPerByte(poolReading(1, 'a', { size: 6, minSize: 5, erasureCoded: true }))).toBe(1.5);
    expect(rawPerByte(poolReading(1, 'a', { size: 6, minSize: 5, erasureCoded: true, dataChunks: 3 }))).toBe(2);
  });
});
