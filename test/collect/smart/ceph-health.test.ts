import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readCephHealth } from '../../../src/collect/smart/ceph-health.ts';
import { readDiskFile } from '../../../src/collect/smart/read-disk-file.ts';

const dump = JSON.parse(readFileSync(new URL('fixtures/ata-hgst.json', import.meta.url), 'utf8')) as Record<
  string,
  unknown
>;

test('the health metrics of Ceph are readings at the times of its keys, oldest first', () => {
  const text = JSON.stringify({ '20260302-120000': { ...dump, host_id: 'b' }, '20260301-115959': dump });
  const readings = readCephHealth(text, 'ceph');
  expect(readings.map(({ timeSeconds }) => timeSeconds)).toEqual([
    Date.UTC(2026, 2, 1, 11, 59, 59) / 1000,
    Date.UTC(2026, 2, 2, 12) / 1000,
  ]);
  expect(readings[0]).toMatchObject({ model: 'HGST HUS724020ALE640', powerOnHours: 83_425 });
  expect(readDiskFile(text, 'ceph')).toEqual(readings);
});

test('no metrics are no readings, and another document is refused', () => {
  expect(readCephHealth('{}', 'ceph')).toEqual([]);
  expect(() => readCephHealth('{"pools": []}', 'ceph')).toThrow(
    'ceph: expected times like 20261125-153000, received pools',
  );
  expect(() => readCephHealth('nothing', 'ceph')).toThrow('ceph: expected the JSON');
});
