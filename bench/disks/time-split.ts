import { damageCounters, placeOfCounter } from '../../src/core/disk.ts';
import type { DiskModel } from '../../src/predict/disk/disk-model.ts';
import { DriveTable } from '../../src/predict/disk/drive-table.ts';
import { DiskScorer } from '../../src/predict/disk/score.ts';
import { trainDiskModel, usualTraining } from '../../src/predict/disk/train.ts';
import type { HistoryDrive } from './history.ts';
import type { JudgedDrive } from './judge.ts';

const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 86_400_000;
/** Learned from what was known before this day, judged on the 15 months from it on. */
export const cutDay = dayOf('2015-07-01');
/** Days before the cut that a scorer sees, so that it knows what has grown. */
const warmDay = dayOf('2015-04-02');
export const lastDay = dayOf('2016-09-30');

/** A model of all disks as they were known before the cut. */
export function trainBefore(drives: readonly HistoryDrive[], seed = 1): DiskModel {
  const table = new DriveTable();
  for (const { days } of drives) for (const day of days) if (day.day < cutDay) table.add(day);
  return trainDiskModel(table, { ...usualTraining, seed });
}

/** What a model says of every disk after the cut; with `hidden`, of disks that do not report some counters. */
export function judgeAfter(
  drives: readonly HistoryDrive[],
  model: DiskModel,
  hidden: readonly number[] = [],
): readonly JudgedDrive[] {
  const scorer = new DiskScorer(model);
  const hiddenAt = damageCounters.flatMap((id, i) => (hidden.includes(id) ? [i] : []));
  return drives.flatMap((drive) => {
    const judged = { days: [] as number[], p7: [] as number[], p14: [] as number[], p30: [] as number[] };
    for (const day of drive.days) {
      if (day.day < warmDay) continue;
      const counters = Float64Array.from(day.counters);
      for (const i of hiddenAt) counters[i] = Number.NaN;
      const { p7, p14, p30 } = scorer.score({ ...day, counters });
      if (day.day < cutDay) continue;
      judged.days.push(day.day);
      judged.p7.push(p7);
      judged.p14.push(p14);
      judged.p30.push(p30);
    }
    return judged.days.length === 0 || drive.endDay < cutDay ? [] : [{ ...drive, ...judged }];
  });
}

const graded = [5, 187, 188, 197, 198].map(placeOfCounter);

/** The graded rule: more and larger counters, higher score. What has to be beaten. */
export function ruleAfter(drives: readonly HistoryDrive[], hidden: readonly number[] = []): readonly JudgedDrive[] {
  return drives.flatMap((drive) => {
    const days = drive.days.filter(({ day }) => day >= cutDay);
    if (days.length === 0 || drive.endDay < cutDay) return [];
    const scores = days.map(({ counters }) =>
      graded.reduce(
        (sum, i) => (hidden.includes(damageCounters[i] ?? 0) ? sum : sum + Math.log1p(counters[i] || 0)),
        0,
      ),
    );
    return [{ ...drive, days: days.map(({ day }) => day), p7: scores, p14: scores, p30: scores }];
  });
}
