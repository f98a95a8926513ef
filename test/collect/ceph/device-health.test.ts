import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ClusterMap } from '../../../src/collect/ceph/cluster-map.ts';
import { CephDeviceHealth } from '../../../src/collect/ceph/device-health.ts';
import type { CephDocuments, DeviceOfOsd } from '../../../src/collect/ceph/documents.ts';
import { readCephHealth } from '../../../src/collect/smart/ceph-health.ts';
import { manualClock } from '../../../src/core/clock.ts';
import type { DiskReading } from '../../../src/core/disk.ts';
import { BarographError } from '../../../src/core/errors.ts';
import { silentLogger } from '../../../src/core/log.ts';
import { recordedMap } from './support/recorded.ts';

const dump = readFileSync(new URL('../smart/fixtures/ata-hgst.json', import.meta.url), 'utf8');
const everySeconds = 6 * 3600;

test('a few devices are read at once, those first that were not read for longest', async () => {
  const { health, documents, clock } = deviceHealth();
  const devices = Array.from({ length: 20 }, (_, osd) => deviceOf(osd));
  expect((await health.read(devices, undefined)).newest.size).toBe(8);
  clock.set(30);
  expect((await health.read(devices, undefined)).newest.size).toBe(16);
  clock.set(60);
  expect((await health.read(devices, undefined)).newest.size).toBe(20);
  expect(new Set(documents.asked).size).toBe(20);
  clock.set(everySeconds);
  await health.read(devices, undefined);
  expect(new Set(documents.asked.slice(20))).toEqual(new Set(documents.asked.slice(0, 8)));
});

test('what Ceph kept before is handed on in the reading for which it was fetched, and then no more', async () => {
  const { health, clock } = deviceHealth();
  const first = await health.read([deviceOf(0)], undefined);
  expect(first.newest.get('DISK_0')?.timeSeconds).toBe(Date.UTC(2026, 2, 3) / 1000);
  expect(first.earlier.get('DISK_0')?.map(({ timeSeconds }) => timeSeconds)).toEqual([
    Date.UTC(2026, 2, 1) / 1000,
    Date.UTC(2026, 2, 2) / 1000,
  ]);
  clock.set(30);
  const second = await health.read([deviceOf(0)], undefined);
  expect([second.newest.size, second.earlier.size]).toEqual([1, 0]);
});

test('a device that cannot be read keeps its reading, and is asked for again after ten minutes', async () => {
  const { health, documents, clock } = deviceHealth();
  await health.read([deviceOf(0)], undefined);
  documents.isFailing = true;
  clock.set(everySeconds);
  expect((await health.read([deviceOf(0)], undefined)).newest.size).toBe(1);
  clock.set(everySeconds + 599);
  await health.read([deviceOf(0)], undefined);
  expect(documents.asked).toHaveLength(2);
  clock.set(everySeconds + 600);
  await health.read([deviceOf(0)], undefined);
  expect(documents.asked).toHaveLength(3);
});

test('a reading that takes long is not waited for, and is there when it has come', async () => {
  const { health, documents } = deviceHealth();
  const gate = Promise.withResolvers<void>();
  documents.gate = gate.promise;
  await expect(health.read([deviceOf(0)], AbortSignal.timeout(50))).rejects.toThrow('aborted due to timeout');
  gate.resolve();
  expect((await health.read([deviceOf(0)], undefined)).newest.size).toBe(1);
  expect(documents.asked).toEqual(['DISK_0']);
});

test('a device that is gone is forgotten', async () => {
  const { health } = deviceHealth();
  await health.read([deviceOf(0), deviceOf(1)], undefined);
  expect([...(await health.read([deviceOf(1)], undefined)).newest.keys()]).toEqual(['DISK_1']);
});

class Documents implements CephDocuments {
  readonly asked: string[] = [];
  isFailing = false;
  gate: Promise<void> = Promise.resolve();

  async readMap(): Promise<ClusterMap> {
    return recordedMap();
  }

  async readDevice({ id }: DeviceOfOsd): Promise<readonly DiskReading[]> {
    this.asked.push(id);
    await this.gate;
    if (this.isFailing) throw new BarographError('SOURCE_UNAVAILABLE', 'not now');
    // As Ceph has it when the OSD was down on one of the days.
    const days = ['20260301', '20260302', '20260303'].map((day) => `"${day}-000000": ${dump}`);
    return readCephHealth(`{${days.join()}, "20260304-000000": {"dev": "/dev/sda", "error": "smartctl failed"}}`, id);
  }

  close(): void {}
}

function deviceHealth() {
  const [documents, clock] = [new Documents(), manualClock(0)];
  return { health: new CephDeviceHealth({ documents, everySeconds, clock, logger: silentLogger }), documents, clock };
}

function deviceOf(osd: number): DeviceOfOsd {
  return { id: `DISK_${osd}`, osd };
}
