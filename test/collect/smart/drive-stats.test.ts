import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fieldsOf } from '../../../src/collect/smart/csv-fields.ts';
import { driveStats } from '../../../src/collect/smart/drive-stats.ts';
import { damageCounters } from '../../../src/core/disk.ts';

async function read(text: string) {
  const rows = [];
  for await (const day of driveStats(Readable.from([Buffer.from(text)]), 'stats.csv')) {
    rows.push({ ...day, counters: Object.fromEntries(damageCounters.map((id, i) => [id, day.counters[i]])) });
  }
  return rows;
}

describe('drive statistics', () => {
  test('are read by the names of their columns, in any order', async () => {
    const rows = await read(
      'serial_number,smart_197_raw,smart_188_raw,date,smart_9_raw,smart_999_raw,failure,model\nZ1,8,51540393996,1970-01-11,24,7,1,ST4000DM000\nZ2,,,1970-01-12,,,0,\n',
    );
    expect(rows).toMatchObject([
      {
        day: 10,
        serial: 'Z1',
        model: 'ST4000DM000',
        failed: true,
        weight: 1,
        powerOnHours: 24,
        counters: { 5: Number.NaN, 188: 12, 197: 8 },
      },
      { day: 11, serial: 'Z2', model: '', failed: false, powerOnHours: Number.NaN, counters: { 197: Number.NaN } },
    ]);
  });

  test('need neither model nor counters', async () => {
    expect(await read('date,serial_number\n2015-07-01,Z1')).toMatchObject([{ day: 16_617, serial: 'Z1' }]);
  });

  test.each([
    ['', 'stats.csv: expected a header'],
    ['a,b\n1,2\n', 'stats.csv:1: expected columns date and serial_number'],
    ['date,serial_number\n2015-7-1,Z1\n', "stats.csv:2: expected a date like 2015-07-01, received '2015-7-1'"],
    ['date,serial_number\n2015-07-01,\n', 'stats.csv:2: expected a serial number'],
    ['date,serial_number,smart_5_raw\n2015-07-01,Z1,many\n', "stats.csv:2: expected a number, received 'many'"],
  ])('%j is refused', async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });
});

test('fields survive quotes and commas', () => {
  const field = fc.string({ unit: fc.constantFrom('a', ',', '"', ' ') });
  fc.assert(
    fc.property(fc.array(field, { minLength: 1 }), (fields) => {
      const line = fields.map((one) => `"${one.replaceAll('"', '""')}"`).join(',');
      expect(fieldsOf(line)).toEqual(fields);
    }),
  );
  expect(fieldsOf('a,"b, c",,"d ""e"""')).toEqual(['a', 'b, c', '', 'd "e"']);
});
