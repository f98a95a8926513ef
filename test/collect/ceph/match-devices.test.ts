import { expect, test } from 'vitest';
import { matchDevices } from '../../../src/collect/ceph/match-devices.ts';
import type { DiskReading } from '../../../src/core/disk.ts';

test('readings find the device whose id ends with their serial number', () => {
  const ids = ['ATA_ST4000DM000_Z3011ABC', 'SAMSUNG_MZQL2_S64GNE0R', 'Vendor_Model_AB_12_34', 'OTHER_WITHOUT'];
  const matched = matchDevices(['Z3011ABC', 's64gne0r', 'AB 12 34', 'NOWHERE', ''].map(readingOf), ids);
  expect([...matched].map(([id, { serial }]) => [id, serial])).toEqual([
    ['ATA_ST4000DM000_Z3011ABC', 'Z3011ABC'],
    ['SAMSUNG_MZQL2_S64GNE0R', 's64gne0r'],
    ['Vendor_Model_AB_12_34', 'AB 12 34'],
  ]);
});

test('a serial number that two devices end with is not given to either', () => {
  expect(matchDevices([readingOf('12')], ['A_X_12', 'B_X_12']).size).toBe(0);
});

function readingOf(serial: string): DiskReading {
  return {
    device: '/dev/sda',
    protocol: 'ATA',
    medium: 'rotating',
    serial,
    model: 'X',
    capacityBytes: undefined,
    timeSeconds: undefined,
    powerOnHours: undefined,
    temperatureCelsius: undefined,
    passed: true,
    attributes: new Map(),
    atThreshold: [],
    wear: {},
  };
}
