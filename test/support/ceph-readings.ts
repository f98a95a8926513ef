import type { DiskReading } from '../../src/core/disk.ts';
import type { CephReading, OsdReading, PoolReading } from '../../src/core/storage.ts';
import { fsid } from './storage-state.ts';

export const gibibyte = 2 ** 30;

const idle = { readOps: 0, writeOps: 0, readBytes: 0, writeBytes: 0 };

/** An OSD of 100 GiB on a host of its own, a tenth full, that does nothing. */
export function osdReading(id: number, more: Partial<OsdReading> = {}): OsdReading {
  return {
    id,
    up: true,
    in: true,
    weight: 1,
    crushWeight: 0.1,
    usedBytes: 10 * gibibyte,
    totalBytes: 100 * gibibyte,
    host: `host-${id}`,
    deviceClass: 'ssd',
    devices: [`sd${id}`],
    deviceIds: [`DISK_${id}`],
    readLatencySeconds: Number.NaN,
    writeLatencySeconds: Number.NaN,
    rates: idle,
    ...more,
  };
}

/** A pool without replicas on the OSD of its id. */
export function poolReading(id: number, name: string, more: Partial<PoolReading> = {}): PoolReading {
  return {
    id,
    name,
    storedBytes: 10 * gibibyte,
    availableBytes: 85 * gibibyte,
    quotaBytes: undefined,
    rates: idle,
    size: 1,
    minSize: 1,
    erasureCoded: false,
    failureDomain: 'osd',
    deviceClass: 'ssd',
    osds: [id],
    application: 'rbd',
    ...more,
  };
}

/** A healthy cluster at one time. */
export function cephReading(
  timeSeconds: number,
  { pools, osds, ...more }: Partial<CephReading> & Pick<CephReading, 'pools' | 'osds'>,
): CephReading {
  return {
    timeSeconds,
    cluster: fsid,
    health: { status: 'HEALTH_OK', checks: [] },
    ratios: { nearFull: 0.85, backfillFull: 0.9, full: 0.95 },
    pools,
    osds,
    placementGroups: { total: 24, unclean: 0 },
    disks: new Map(),
    ...more,
  };
}

/** Operations that an OSD does: so many writes a second of 4 KiB, and how long each takes. */
export function writing(ops: number, seconds: number): Pick<OsdReading, 'rates' | 'writeLatencySeconds'> {
  return { rates: { ...idle, writeOps: ops, writeBytes: ops * 4096 }, writeLatencySeconds: seconds };
}

/** A rotating disk that is well, or says that it fails. */
export function diskReading(serial: string, timeSeconds: number, passed = true): DiskReading {
  return {
    device: '/dev/sda',
    protocol: 'ATA',
    medium: 'rotating',
    serial,
    model: 'ST4000DM000',
    capacityBytes: 4e12,
    timeSeconds,
    powerOnHours: 20_000,
    temperatureCelsius: 30,
    passed,
    attributes: new Map([
      [5, 0],
      [187, 0],
      [197, 0],
      [198, 0],
    ]),
    atThreshold: [],
    wear: {},
  };
}
