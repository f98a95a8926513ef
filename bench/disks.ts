import { fileURLToPath } from 'node:url';
import { seededRandom } from '../src/predict/disk/random.ts';
import type { Benchmark, Row } from './benchmark.ts';
import { readHistory } from './disks/history.ts';
import { dayResult, driveResult, pairedRecall, sidesOf } from './disks/judge.ts';
import { judgeAfter, lastDay, ruleAfter, trainBefore } from './disks/time-split.ts';
import { rounded, timed } from './stopwatch.ts';

const folder = fileURLToPath(new URL('../data/disks/backblaze', import.meta.url));
const falseAlarms = [0.001, 0.005, 0.01, 0.05];

/** Learned from the disks before July 2015, judged on the 15 months after it, beside the graded rule on the same disks. */
export const disksBenchmark: Benchmark = {
  name: 'disks',
  description: 'recall, lead time and calibration of disk failures on 15 months that were not learned from (2 minutes)',
  isLong: true,
  async run() {
    const drives = readHistory(folder);
    const trained = await timed(() => trainBefore(drives));
    const scored = await timed(() => judgeAfter(drives, trained.result));
    const rule = ruleAfter(drives);
    const rows = scored.result.reduce((sum, { days }) => sum + days.length, 0);
    const perSecond = (1000 * rows) / scored.milliseconds;
    return [
      ...falseAlarms.map((share): Row => driveRow(share, scored.result, rule)),
      ...([7, 14, 30] as const).map((days): Row => {
        const { rocAuc, prAuc, expectedOverObserved } = dayResult(scored.result, days);
        return {
          what: `within ${days} days`,
          rocAuc: rounded(rocAuc),
          prAuc: rounded(prAuc),
          expectedOverObserved: rounded(expectedOverObserved),
        };
      }),
      { what: 'speed', trainSeconds: rounded(trained.milliseconds / 1000), driveDaysPerSecond: rounded(perSecond) },
    ];
  },
};

function driveRow(share: number, ours: Parameters<typeof sidesOf>[0], theirs: Parameters<typeof sidesOf>[0]): Row {
  const score = (drive: (typeof ours)[number], i: number): number => drive.p30[i] ?? 0;
  const [own, rule] = [sidesOf(ours, lastDay, score), sidesOf(theirs, lastDay, score)];
  const result = driveResult(own, share);
  const [low, , high] = pairedRecall(own, rule, share, seededRandom(7));
  return {
    what: `false alarms ${100 * share} %`,
    recallPercent: rounded(100 * result.recall),
    rulePercent: rounded(100 * driveResult(rule, share).recall),
    difference: `${rounded(100 * low)} to ${rounded(100 * high)}`,
    medianLeadDays: result.medianLeadDays,
  };
}
