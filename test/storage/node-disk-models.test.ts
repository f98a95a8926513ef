import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { NodeDiskReading } from '../../src/collect/node-disks/node-disk-source.ts';
import { readSmartctl } from '../../src/collect/smart/smartctl.ts';
import type { DiskReading } from '../../src/core/disk.ts';
import { readDiskModel } from '../../src/storage/disk-model-file.ts';
import { NodeDiskModels } from '../../src/storage/node-disk-models.ts';
import { dangerOf, diskKey, mergedDisks } from '../../src/storage/node-disks.ts';
import { nodeDisk } from '../support/node-disks.ts';

const day = 86_400;
const start = 20_000 * day;
const path = new URL('../collect/smart/fixtures/ata-hgst.json', import.meta.url);
const fixture = readSmartctl(readFileSync(path, 'utf8'), 'ata-hgst.json');
const model = readDiskModel(undefined);

function models(): NodeDiskModels {
  return new NodeDiskModels({ model, replacementRisk: 0.05, forgetSeconds: 7 * day });
}

function reading(node: string, days: number, more: Partial<DiskReading> = {}): NodeDiskReading {
  return { node, reading: { ...fixture, serial: 'S1', ...more, timeSeconds: start + days * day } };
}

describe('the disks of nodes', () => {
  test('are judged by what they said over days', () => {
    const grown = (sectors: number): Partial<DiskReading> => ({
      attributes: new Map([...fixture.attributes, [5, sectors], [197, sectors], [187, sectors]]),
    });
    const steady = models();
    const worse = models();
    for (let i = 0; i <= 10; i += 1) {
      steady.take([reading('node-1', i, grown(0))]);
      worse.take([reading('node-1', i, grown(8 * i))]);
    }
    const [one] = steady.disks(start + 10 * day);
    const [other] = worse.disks(start + 10 * day);
    expect(other?.outlook.p14).toBeGreaterThan(10 * (one?.outlook.p14 ?? 1));
    expect(other?.outlook.drivers.length).toBeGreaterThan(0);
  });

  test('are the same disk wherever it is read, and are where they were read last', () => {
    const own = models();
    own.take([reading('node-1', 0), reading('node-2', 1)]);
    expect(own.disks(start + day).map(({ node }) => node)).toEqual(['node-2']);
  });

  test('without a serial number are told apart by node and device', () => {
    const own = models();
    for (const serial of ['', 'REDACTED', 'xxxxx']) {
      own.take([
        reading('node-1', 0, { serial, device: '/dev/sda' }),
        reading('node-1', 0, { serial, device: '/dev/sdb' }),
        reading('node-2', 0, { serial, device: '/dev/sda' }),
      ]);
    }
    const disks = own.disks(start);
    expect(disks).toHaveLength(3);
    expect(mergedDisks(disks)).toHaveLength(3);
    expect(new Set(disks.map(diskKey)).size).toBe(3);
  });

  test('that were not read for long are forgotten', () => {
    const own = models();
    own.take([reading('node-1', 0)]);
    expect(own.disks(start + 6 * day)).toHaveLength(1);
    expect(own.disks(start + 8 * day)).toHaveLength(0);
  });

  test('read late or twice change nothing', () => {
    const own = models();
    own.take([reading('node-1', 3)]);
    const before = own.disks(start + 3 * day);
    own.take([reading('node-1', 1, { passed: false }), reading('node-1', 3)]);
    expect(own.disks(start + 3 * day)).toEqual(before);
  });
});

describe('disks of several sources', () => {
  test('are one where their serial number is, with the newest reading and all that is known of either', () => {
    const osd = { cluster: 'f', id: 3 };
    const ofCeph = nodeDisk('node-1', {
      device: '',
      ids: ['M_S'],
      osd,
      readSeconds: 10,
      outlook: { serial: 'S', p14: 0.1 },
    });
    const ofNode = nodeDisk('10.0.0.1', { device: 'sdb', readSeconds: 20, outlook: { serial: 'S', p14: 0.2 } });
    const [one, ...others] = mergedDisks([ofCeph, ofNode]);
    expect(others).toEqual([]);
    expect(one).toMatchObject({ device: 'sdb', ids: ['M_S'], osd, readSeconds: 20, outlook: { p14: 0.2 } });
  });

  test('are in danger by what they say, by their chance, or by a tenth of it', () => {
    const danger = (isFailing: boolean, p14: number) => dangerOf({ isFailing, p14 }, 0.2);
    expect([danger(true, 0), danger(false, 0.2), danger(false, 0.02), danger(false, 0.01)]).toEqual([
      'failing',
      'likely',
      'raised',
      undefined,
    ]);
    expect(danger(false, Number.NaN)).toBeUndefined();
  });
});
