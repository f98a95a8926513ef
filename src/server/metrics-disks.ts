import { diskVerdicts, type StorageReport } from '../storage/storage-report.ts';
import { gauge, type Polled } from './metrics-polled.ts';

/** Phases of a plan, as `/api/v1/storage` and the status of a StoragePlan have them. */
export const planPhases = ['Advice', 'Proposed', 'Blocked', 'Running', 'Done', 'Failed', 'Withdrawn'] as const;

/** What is known of disks and recommended, without their names: bounded labels only. No samples where storage is not configured. */
export function diskMetrics(read: () => Pick<StorageReport, 'disks' | 'plans'> | undefined): readonly Polled[] {
  return [
    gauge('barograph_disks', 'Disks that were read lately enough to act on, by verdict', ['verdict'], () => {
      const fresh = read()?.disks.filter((disk) => disk.fresh);
      return diskVerdicts.flatMap((verdict) => {
        const value = fresh?.filter((disk) => disk.verdict === verdict).length;
        return value === undefined ? [] : [{ labels: { verdict: verdict.toLowerCase() }, value }];
      });
    }),
    gauge('barograph_disks_stale', 'Disks whose reading is too old to act on', [], () => {
      const value = read()?.disks.filter((disk) => !disk.fresh).length;
      return value === undefined ? [] : [{ labels: {}, value }];
    }),
    gauge('barograph_storage_plans', 'Storage plans by phase', ['phase'], () => {
      const plans = read()?.plans;
      return planPhases.flatMap((phase) => {
        const value = plans?.filter((plan) => plan.phase === phase).length;
        return value === undefined ? [] : [{ labels: { phase: phase.toLowerCase() }, value }];
      });
    }),
  ];
}
