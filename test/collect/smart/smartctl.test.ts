import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readDiskFile } from '../../../src/collect/smart/read-disk-file.ts';
import { readSmartctl } from '../../../src/collect/smart/smartctl.ts';
import type { DiskReading } from '../../../src/core/disk.ts';

const fixtures = fileURLToPath(new URL('fixtures/', import.meta.url));
const manyDevices = `${fixtures}many-devices.json.gz`;

function fixture(name: string): DiskReading {
  return readSmartctl(readFileSync(`${fixtures}${name}.json`, 'utf8'), name);
}

describe('a dump of smartctl', () => {
  test('of a rotating ATA disk gives its decoded attributes', () => {
    const reading = fixture('ata-seagate');
    expect(reading).toMatchObject({
      protocol: 'ATA',
      medium: 'rotating',
      model: 'ST16000NM001G-2KK103',
      powerOnHours: 13_114,
      temperatureCelsius: 26,
      passed: true,
      atThreshold: [],
    });
    expect([1, 5, 7, 188, 190, 194].map((id) => reading.attributes.get(id))).toEqual([0, 0, 0, 12, 26, 26]);
  });

  test('of an SSD gives its wear and spare', () => {
    expect(fixture('ata-ssd')).toMatchObject({
      medium: 'flash',
      wear: { usedShare: 0, spareShare: 1, spareThreshold: 0.1 },
    });
  });

  test('of an NVMe device gives its log', () => {
    expect(fixture('nvme')).toMatchObject({
      protocol: 'NVMe',
      medium: 'flash',
      capacityBytes: 500_107_862_016,
      powerOnHours: 12_798,
      wear: { usedShare: 0.03, spareShare: 0.99, spareThreshold: 0.1, mediaErrors: 7, criticalWarning: 0 },
    });
    expect(fixture('nvme-failing')).toMatchObject({ passed: false, wear: { criticalWarning: 16 } });
  });

  test('of a SCSI disk gives its defects under the ATA numbers', () => {
    const reading = fixture('scsi');
    expect(reading).toMatchObject({ protocol: 'SCSI', model: 'SEAGATE ST4000NM0043', powerOnHours: 43_549 });
    expect([...reading.attributes]).toEqual([
      [5, 56],
      [187, 0],
    ]);
    expect(fixture('scsi-uncorrected').attributes.get(187)).toBe(536);
  });

  test('of a device that did not open says why', () => {
    expect(fixture('not-opened')).toMatchObject({
      protocol: 'unknown',
      passed: undefined,
      problem: expect.stringContaining('Open failed'),
    });
  });

  test.each([
    ['', 'expected the JSON of smartctl'],
    ['{"a": 1}', 'expected smartctl'],
    ['[]', 'expected smartctl'],
    ['null', 'expected smartctl'],
  ])('%j is refused', (text, message) => {
    expect(() => readSmartctl(text, 'x.json')).toThrow(`x.json: ${message}`);
  });

  test('with fields of other types than expected is read without them', () => {
    const odd = {
      smartctl: { messages: 3 },
      device: [],
      ata_smart_attributes: { table: [null, 1, {}] },
      temperature: 'hot',
      serial_number: 7,
    };
    expect(readSmartctl(JSON.stringify(odd), 'x')).toMatchObject({
      protocol: 'unknown',
      serial: '',
      temperatureCelsius: undefined,
    });
  });

  test('of any of 186 devices is read', () => {
    const dumps = JSON.parse(gunzipSync(readFileSync(manyDevices)).toString('utf8')) as Record<string, unknown>;
    const readings = Object.entries(dumps).flatMap(([name, dump]) => readDiskFile(JSON.stringify(dump), name));
    expect(readings).toHaveLength(186);
    expect(new Set(readings.map(({ protocol }) => protocol))).toEqual(new Set(['ATA', 'SCSI', 'NVMe', 'unknown']));
    for (const { temperatureCelsius = 30, wear } of readings) {
      expect(temperatureCelsius).toBeGreaterThanOrEqual(0);
      expect(temperatureCelsius).toBeLessThan(80);
      expect(wear.spareShare ?? 1).toBeLessThanOrEqual(1);
    }
  });
});

test('a threshold that is passed now or was once is told, with what it means', () => {
  const row = (id: number, name: string, value: number, worst: number, prefailure: boolean) => ({
    id,
    name,
    value,
    worst,
    thresh: 20,
    flags: { prefailure },
    raw: { value: 1 },
  });
  const table = [
    row(5, 'Reallocated_Sector_Ct', 18, 18, true),
    row(190, 'Airflow_Temperature_Cel', 40, 19, false),
    row(1, 'Unknown_Attribute', 100, 100, true),
  ];
  const dump = { device: { protocol: 'ATA' }, ata_smart_attributes: { table } };
  expect(readSmartctl(JSON.stringify(dump), 'x').atThreshold).toEqual([
    { name: 'Reallocated Sector Ct', isNow: true, isPrefailure: true },
    { name: 'Airflow Temperature Cel', isNow: false, isPrefailure: false },
  ]);
});
