import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clusterSampleOf } from '../../../src/collect/ceph/cluster-sample.ts';
import { cephMetricNames } from '../../../src/collect/ceph/metric-names.ts';
import { metricSamples, samplesNamed } from '../../../src/collect/smart/metrics-text.ts';
import { recorded } from './support/recorded.ts';

const page = recorded('pacific-after.txt');
const samples = [...samplesNamed(page, cephMetricNames)];

test('metrics by their names are those of the page that have these names', () => {
  const all = [...metricSamples(page, 'ceph_')].filter(({ name }) => cephMetricNames.has(name));
  expect(samples).toEqual(all);
  expect(samples.length).toBeGreaterThan(100);
});

test('the order of the lines, and lines that come twice, change nothing', () => {
  const expected = inOrder(clusterSampleOf(samples, { timeSeconds: 1 }));
  const shuffled = fc.shuffledSubarray(samples, { minLength: samples.length });
  fc.assert(
    fc.property(shuffled, fc.subarray(samples), (all, again) => {
      expect(inOrder(clusterSampleOf([...all, ...again], { timeSeconds: 1 }))).toEqual(expected);
    }),
    { numRuns: 30 },
  );
});

test('any text is read to something, never to an error', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), (text) => {
      const lines = [...samplesNamed(`ceph_osd_up{${text}} 1\n${text}\nceph_pool_rd${text}`, cephMetricNames)];
      expect(clusterSampleOf(lines, { timeSeconds: 0 }).timeSeconds).toBe(0);
    }),
  );
});

test('labels that a Prometheus moved aside are read', () => {
  const lines = [
    'ceph_osd_up{ceph_daemon="osd.7"} 1',
    'ceph_disk_occupation{ceph_daemon="osd.7",instance="10.0.0.1:9283",exported_instance="node-c",devices="sda,nvme0n1",device_ids="sda=A_B_1,nvme0n1=N/A"} 1',
  ];
  const moved = [...samplesNamed(lines.join('\n'), cephMetricNames)];
  expect(clusterSampleOf(moved, { timeSeconds: 0 }).osds.get(7)).toMatchObject({
    host: 'node-c',
    devices: ['sda', 'nvme0n1'],
    deviceIds: ['A_B_1'],
  });
});

test('a health check that is over is not one', () => {
  const lines = [
    'ceph_health_detail{name="OSD_DOWN",severity="HEALTH_WARN"} 0.0',
    'ceph_health_detail{name="PG_DAMAGED",severity="HEALTH_ERR"} 1.0',
  ];
  const found = [...samplesNamed(lines.join('\n'), cephMetricNames)];
  expect(clusterSampleOf(found, { timeSeconds: 0 }).checks).toEqual([{ code: 'PG_DAMAGED', severity: 'HEALTH_ERR' }]);
});

function inOrder({ pools, osds, checks, ...rest }: ReturnType<typeof clusterSampleOf>) {
  return {
    ...rest,
    checks: checks.toSorted((a, b) => a.code.localeCompare(b.code)),
    pools: [...pools.values()].toSorted((a, b) => a.id - b.id),
    osds: [...osds.values()].toSorted((a, b) => a.id - b.id),
  };
}
