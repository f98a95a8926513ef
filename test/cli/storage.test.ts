import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storageText } from '../../src/cli/storage/text.ts';
import type { StorageReport } from '../../src/storage/storage-report.ts';
import { runCli } from '../journey/support/run-cli.ts';
import { heldStorage } from '../support/storage-report.ts';

const fixture = new URL('../collect/smart/fixtures/ata-hgst.json', import.meta.url);

describe('a report as text', () => {
  const text = storageText(heldStorage());

  test('has the cluster, its pools with their dates, disks in danger first, and the plans', () => {
    expect(text).toContain('Ceph 6b1f3b2a-0000-4000-8000-000000000001: HEALTH_OK, 3 of 3 OSDs up and in');
    expect(text).toMatch(/rbd +50 % +1 TB +20 GB +2024-12-03, 2025-01-02, 2025-02-21/);
    expect(text).toContain('its fullest OSD is 86 % full');
    expect(text).toMatch(/node-1 +sdb +1 +ST4000DM000 +failing +40 % +2024-10-05 \(2024-10-04 to 2024-10-07\)/);
    expect(text).toMatch(/shop\/data +50 % +2 B +2024-12-03/);
    expect(text).toContain('! osd.1: sdb, 40 % to fail within 14 days: the device itself says that it fails');
    expect(text).toContain('    1. take osd.1 out, so that its data moves to others');
    expect(text).toContain('cannot be read since 2024-10-04T00:00:00Z: ceph: no answer');
  });

  test('says how far a plan is', () => {
    const report = heldStorage();
    const [plan, ...others] = report.plans;
    const steps = plan?.steps.map((step, i) =>
      i === 0 ? { ...step, phase: 'Blocked', reason: 'NotClean', message: '3 of 64 are not' } : step,
    );
    const blocked = { ...report, plans: [{ ...plan, phase: 'Blocked', approved: true, steps }, ...others] };
    const shown = storageText(blocked as StorageReport);
    expect(shown).toContain('6b1f3b2a-osd-1-retire, blocked, approved');
    expect(shown).toContain('[blocked: NotClean: 3 of 64 are not]');
  });

  test('says so where nothing is known', () => {
    const nothing = { made: null, clusters: [], disks: [], volumes: [], plans: [], failures: [] };
    expect(storageText(nothing)).toBe('nothing is known of storage yet');
  });
});

describe('barograph storage', () => {
  const folder = mkdtempSync(join(tmpdir(), 'barograph-storage-'));

  beforeAll(() => {
    mkdirSync(join(folder, 'smart', 'node-1'), { recursive: true });
    const reading = JSON.parse(readFileSync(fixture, 'utf8'));
    const said = { ...reading, serial_number: 'S1', local_time: { time_t: Math.floor(Date.now() / 1000) } };
    const fails = { ...said, smart_status: { ...reading.smart_status, passed: false } };
    writeFileSync(join(folder, 'smart', 'node-1', 'sda.json'), JSON.stringify(fails));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  test('reads a folder of disks now, and recommends what to do', async () => {
    const report = JSON.parse(
      await runCli(['storage', '--disks', join(folder, 'smart'), '--output', 'json']),
    ) as StorageReport;
    expect(report.disks).toMatchObject([{ node: 'node-1', serial: 'S1', verdict: 'Failing', fresh: true }]);
    expect(report.plans).toMatchObject([
      { id: expect.stringMatching(/^disk-s1-replace/), urgent: true, approved: false },
    ]);
  }, 30_000);

  test.each([
    [[], 2, 'expected --server URL, --config FILE, --ceph URL or --disks FOLDER'],
    [['--ceph-command', 'ceph'], 2, 'expected --ceph URL with --ceph-command'],
    [['--disks', '/nowhere'], 1, 'expected folders of disk readings in /nowhere'],
  ])(
    '%j ends with %i and says why',
    async (args, code, stderr) => {
      await expect(runCli(['storage', ...args])).rejects.toMatchObject({
        code,
        stderr: expect.stringContaining(stderr),
      });
    },
    30_000,
  );
});
