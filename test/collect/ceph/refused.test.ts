import { expect, test } from 'vitest';
import { clusterMapOf } from '../../../src/collect/ceph/cluster-map.ts';
import { partialBecause, refusePartial } from '../../../src/collect/ceph/whole-enough.ts';
import { recorded, recordedJson, sampleOf } from './support/recorded.ts';

const page = recorded('pacific-after.txt');

test('whole pages are read', () => {
  for (const name of ['pacific-after.txt', 'osd-down.txt'])
    expect(partialBecause(sampleOf([recorded(name)], 0))).toBeUndefined();
  const later = ['reef-manager-after.txt', 'reef-exporter-after.txt'].map(recorded);
  expect(partialBecause(sampleOf(later, 0))).toBeUndefined();
});

test('an empty page, as a standby manager sends it, is refused', () => {
  expect(() => refusePartial(sampleOf([''], 0), 'east')).toThrow(
    'east: expected the metrics of a whole cluster, received no ceph_health_status',
  );
});

test('a manager of Ceph 17.2.7 or later without exporters is refused, with what to do', () => {
  expect(partialBecause(sampleOf([recorded('reef-manager-after.txt')], 0))).toContain(
    'name its pages in storage.ceph.metrics.exporters',
  );
});

test('a manager that does not know its placement groups yet is refused', () => {
  const unknown = page.replaceAll(/^(ceph_pg_unknown\{pool_id="[234]"\}) .*$/gm, '$1 8.0');
  expect(partialBecause(sampleOf([unknown], 0))).toBe(
    '24 of 25 placement groups unknown: the manager has just started',
  );
});

test('a page cut off in its middle is refused', () => {
  for (const share of [0.1, 0.2, 0.3]) {
    expect(partialBecause(sampleOf([page.slice(0, page.length * share)], 0))).toBeDefined();
  }
});

test('documents that are something else are refused with the place where they differ', () => {
  const [osdDump, crush] = [recordedJson('osd-dump.json'), recordedJson('crush-dump.json')];
  expect(() => clusterMapOf({ osdDump: {}, crush, health: undefined }, 'dashboard')).toThrow(
    /dashboard: osd dump: expected Ceph's JSON.* at fsid/,
  );
  expect(() => clusterMapOf({ osdDump, crush: { rules: 3 }, health: undefined }, 'x')).toThrow('x: osd crush dump');
  expect(() => clusterMapOf({ osdDump, crush, health: 'HEALTH_OK' }, 'x')).toThrow('x: health');
});

test('the checks of the dashboard, a list, read as those of the command', () => {
  const [osdDump, crush] = [recordedJson('osd-dump.json'), recordedJson('crush-dump.json')];
  const health = {
    status: 'HEALTH_WARN',
    checks: [{ type: 'OSD_DOWN', severity: 'HEALTH_WARN', summary: { message: '1 osds down' } }],
  };
  expect(clusterMapOf({ osdDump, crush, health }, 'x').summaries).toEqual(new Map([['OSD_DOWN', '1 osds down']]));
});
