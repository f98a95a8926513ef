import { osdDisksOf } from '../../src/storage/node-disks.ts';
import { planStorage } from '../../src/storage/plan/plan-storage.ts';
import { type StorageReport, storageReport } from '../../src/storage/storage-report.ts';
import { failing } from './node-disks.ts';
import { osdDisk, osdOutlook, poolOutlook, storageState } from './storage-state.ts';

const day = 86_400;
const now = 20_000 * day;

/** One cluster with a pool that grows and a disk that fails, and what is recommended. */
export function heldStorage(): StorageReport {
  const replaceBy = { day: 20_001, from: 20_000, to: 20_003 };
  const dates = { p10: now + 60 * day, p50: now + 90 * day, p90: now + 140 * day };
  const pool = poolOutlook('rbd', {
    growthBytesPerDay: 2e10,
    nearFull: dates,
    full: dates,
    refused: [{ reason: 'near-full', text: 'its fullest OSD is 86 % full, near full is 85 %' }],
  });
  const osds = [0, 1, 2].map((id) => ({ ...osdOutlook(id), nearFull: dates }));
  const state = {
    ...storageState({ osds, pools: [pool], disks: [osdDisk(1, { ...failing, replaceBy })] }, now),
    volumes: [{ namespace: 'shop', claim: 'data', usedBytes: 1, capacityBytes: 2, full: dates }],
    failures: [{ source: 'ceph', message: 'no answer', sinceSeconds: now }],
  };
  const ages = { nowSeconds: now, maxAgeSeconds: 300, diskMaxAgeSeconds: day, threshold: 0.2 };
  const plans = planStorage(state, [], { ...ages, leadDays: 30, lastsDays: 180, retireBy: 'osd-out' });
  const kept = plans.map((plan) => ({ plan, approved: false, phase: 'Proposed', steps: [] }));
  return storageReport(state, osdDisksOf(state), kept, ages);
}
