import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { DiskReading } from '../../../src/core/disk.ts';
import { assessDisk } from '../../../src/predict/disk/assess.ts';
import { parseDiskModel } from '../../../src/predict/disk/parse-model.ts';

const path = fileURLToPath(new URL('../../../data/disks/model.json', import.meta.url));
const model = parseDiskModel(readFileSync(path, 'utf8'), path);
const today = 20_000;
const options = { risk: 0.05, today };

function disk(attributes: Readonly<Record<number, number>>, more: Partial<DiskReading> = {}): DiskReading {
  return {
    device: '/dev/sda',
    protocol: 'ATA',
    medium: 'rotating',
    serial: 'Z1',
    model: 'ST4000DM000',
    capacityBytes: 4e12,
    timeSeconds: today * 86_400,
    powerOnHours: 20_000,
    temperatureCelsius: 30,
    passed: true,
    attributes: new Map(Object.entries(attributes).map(([id, value]) => [Number(id), value])),
    atThreshold: [],
    wear: {},
    ...more,
  };
}

const healthy = { 5: 0, 187: 0, 188: 0, 197: 0, 198: 0 };
const daysAgo = (days: number) => ({ timeSeconds: (today - days) * 86_400 });

describe('a rotating disk, judged by the weights that ship', () => {
  test('without a sign is calm and needs no date', () => {
    const outlook = assessDisk([disk(healthy)], model, options);
    expect(outlook).toMatchObject({ basis: 'learned', isFailing: false, drivers: [] });
    expect(outlook.p30).toBeLessThan(0.005);
    expect(outlook.notes).toEqual(['one reading only: nothing is known about what grows']);
  });

  test('that grew worse says which counters, since when, and by when to replace it', () => {
    const before = disk(healthy, daysAgo(20));
    const outlook = assessDisk([before, disk({ ...healthy, 187: 40, 197: 64, 198: 64 })], model, options);
    expect(outlook.p30).toBeGreaterThan(0.05);
    expect(outlook.drivers.join('\n')).toMatch(
      /40 errors that could not be corrected, 40 of them within 30 days \(odds × \d/,
    );
    expect(outlook.drivers.join('\n')).toMatch(/64 sectors waiting to be reallocated, 64 of them within 30 days/);
    expect(outlook.replaceBy?.day).toBeLessThan(today + 30);
    expect(outlook.replaceBy?.from).toBeLessThanOrEqual(outlook.replaceBy?.day ?? 0);
    expect(outlook.replaceBy?.to).toBeGreaterThanOrEqual(outlook.replaceBy?.day ?? 0);
  });

  test('is never better for a worse counter', () => {
    for (const id of [5, 187, 197, 198]) {
      let before = 0;
      for (const count of [0, 1, 8, 100, 2000]) {
        const { p30 } = assessDisk([disk(healthy, daysAgo(90)), disk({ ...healthy, [id]: count })], model, options);
        expect(p30).toBeGreaterThanOrEqual(before);
        before = p30;
      }
    }
  });

  test('that says itself that it fails is believed', () => {
    const outlook = assessDisk([disk(healthy, { passed: false })], model, options);
    expect(outlook).toMatchObject({ isFailing: true, p30: 0.5, drivers: ['the device itself says that it fails'] });
    const atThreshold = [{ name: 'Spin Retry Count', isNow: true, isPrefailure: true }];
    expect(assessDisk([disk(healthy, { atThreshold })], model, options)).toMatchObject({ isFailing: true, p30: 0.3 });
  });

  test('of SCSI, of unknown kind or without counters comes with a word about it', () => {
    const notes = assessDisk([disk({ 9: 3 }, { protocol: 'SCSI', medium: 'unknown' })], model, options).notes;
    expect(notes.join('; ')).toMatch(/SCSI.*does not say whether it rotates.*no counter of damage/);
  });
});

describe('a flash device, judged by rules', () => {
  const nvme = (wear: DiskReading['wear'], more: Partial<DiskReading> = {}) =>
    disk(
      {},
      {
        protocol: 'NVMe',
        medium: 'flash',
        model: 'any',
        wear: { spareShare: 1, spareThreshold: 0.1, usedShare: 0.02, mediaErrors: 0, criticalWarning: 0, ...wear },
        ...more,
      },
    );

  test('says that it is, and is calm without a sign', () => {
    const outlook = assessDisk([nvme({})], model, options);
    expect(outlook).toMatchObject({ basis: 'rules', isFailing: false, drivers: [], replaceBy: undefined });
    expect(outlook.notes[0]).toContain('no data set of failures of flash');
  });

  test.each([
    ['below its spare', { criticalWarning: 1, spareShare: 0.05 }, true, 0.25, /spare is below the threshold/],
    ['with degraded reliability', { criticalWarning: 4 }, true, 0.4, /reliability is degraded/],
    ['that is read-only', { criticalWarning: 8 }, true, 0.9, /takes no more writes/],
    ['that is too hot', { criticalWarning: 2 }, false, 0.001, /temperature is out of bounds/],
    ['with media errors', { mediaErrors: 12 }, false, 0.005, /12 errors that could not be corrected/],
    ['that is worn out', { usedShare: 1.1 }, false, 0.003, /110 % of its rated endurance/],
  ])('%s', (_, wear, isFailing, leastP30, words) => {
    const outlook = assessDisk([nvme(wear)], model, options);
    expect(outlook.isFailing).toBe(isFailing);
    expect(outlook.p30).toBeGreaterThanOrEqual(leastP30);
    expect(outlook.drivers.join('; ')).toMatch(words);
  });

  test('that wears fast is to be replaced when its endurance is used up', () => {
    const outlook = assessDisk([nvme({ usedShare: 0.5 }, daysAgo(100)), nvme({ usedShare: 0.7 })], model, options);
    expect(outlook.replaceBy).toEqual({ day: today + 150, from: today + 75, to: today + 300 });
    expect(outlook.notes.join('; ')).toContain('rated endurance');
  });

  test('of SATA is judged by the same rules', () => {
    expect(assessDisk([disk({ 187: 3 }, { medium: 'flash' })], model, options)).toMatchObject({
      basis: 'rules',
      drivers: ['3 errors that could not be corrected'],
    });
  });
});

test('a device that could not be read has no numbers, and says why', () => {
  const outlook = assessDisk(
    [disk({}, { passed: undefined, protocol: 'unknown', medium: 'unknown', problem: 'Open failed' })],
    model,
    options,
  );
  expect(outlook).toMatchObject({ basis: 'nothing', p30: Number.NaN, notes: ['Open failed'] });
});
