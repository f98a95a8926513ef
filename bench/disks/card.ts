import type { LearnedFrom } from '../../src/predict/disk/disk-model.ts';
import { seededRandom } from '../../src/predict/disk/random.ts';
import type { HistoryDrive } from './history.ts';
import { dayResult, driveResult, type JudgedDrive, pairedRecall, sidesOf } from './judge.ts';
import { lastDay } from './time-split.ts';

interface CardParts {
  readonly drives: readonly HistoryDrive[];
  readonly learned: LearnedFrom;
  readonly ours: readonly JudgedDrive[];
  readonly rule: readonly JudgedDrive[];
  readonly few: {
    readonly hidden: readonly number[];
    readonly ours: readonly JudgedDrive[];
    readonly rule: readonly JudgedDrive[];
  };
  readonly bytes: number;
}

/** The model card, Markdown: what was learned from, how it was judged, what came out, what it cannot do. */
export function cardOf({ drives, learned, ours, rule, few, bytes }: CardParts): string {
  const { failed, healthy } = sidesOf(ours, lastDay, p30);
  return `# Model card: failure of rotating disks

Written by \`node bootstrap.mjs node bench/disks/make.ts\`, which also learns the weights. Do not edit.

## Data

Backblaze's drive statistics, April 2013 to September 2016, in ${drives.length} disks of ${learned.models} models, of which ${learned.failures} failed: all that failed
and a sample of those that did not, each of which stands for ${(81_742 / 12_000).toFixed(2)} disks. ${learned.rows} rows: the days on which one of the attributes 5, 187, 188, 189, 196, 197, 198
changed, one day a week between, and the day of the failure. Source and licence: [README.md](README.md).

## Weights

\`model.json\` (${Math.round(bytes / 1024)} KiB, seed ${learned.seed}) is learned from all of it, ${dateOf(learned.fromDay)} to ${dateOf(learned.toDay)}. What it is: [docs/disks.md](../../docs/disks.md).

## Results

The same training, on what was known before 2015-07-01, judged on the same fleet until ${dateOf(lastDay)}: ${failed.length} disks that failed, ${healthy.length} that did not. Recall
is the share of failed disks with an alarm on one of their last 30 days, at thresholds that this share of healthy disks passes on any day of the 15 months. The rule is the sum
of log(1 + raw) of 5, 187, 188, 197, 198. Differences are intervals of 95 % over 1000 paired draws of disks.

${driveTable(ours, rule)}

| failure within | ROC-AUC | PR-AUC | base rate | expected / observed |
|---|---|---|---|---|
${([7, 14, 30] as const).map((days) => dayRow(ours, days)).join('\n')}

The same weights on disks that report 5 and 197 alone (${few.hidden.join(', ')} hidden), beside the rule on these:

${driveTable(few.ours, few.rule)}

## Limits

- What the model is made of and its settings were chosen by looking at these very results: expect less on other disks and in other years.
- About a third of failed disks never show a sign in these attributes: no threshold finds them.
- Three and a half years of one operator, a third of the failures of one model (ST3000DM001). Disks filled with helium and disks above 8 TB are hardly in it.
- In the same fleet later, disks with strong signs failed more often than those learned from: at the highest probabilities more fail than is said.
- Failed means taken out of service by Backblaze: it stopped, would not hold its array, or its S.M.A.R.T. values were judged to be bad.
- What changed on the day of the failure itself is not in the data (a quarter of the failures).
- Flash is judged by rules, not by this model; SCSI disks by counters of the same meaning, none of them learned from.
`;
}

function p30(drive: JudgedDrive, i: number): number {
  return drive.p30[i] ?? 0;
}

function driveTable(ours: readonly JudgedDrive[], rule: readonly JudgedDrive[]): string {
  const [own, other] = [sidesOf(ours, lastDay, p30), sidesOf(rule, lastDay, p30)];
  const rows = [0.001, 0.005, 0.01, 0.05].map((share) => {
    const result = driveResult(own, share);
    const [low, , high] = pairedRecall(own, other, share, seededRandom(7));
    const cells = [
      percent(share),
      percent(result.recall),
      percent(driveResult(other, share).recall),
      `${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)}`,
      `${result.medianLeadDays} days`,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return `| false alarms | recall | the rule's | difference, points | median lead |\n|---|---|---|---|---|\n${rows.join('\n')}`;
}

function dayRow(ours: readonly JudgedDrive[], days: 7 | 14 | 30): string {
  const { rocAuc, prAuc, baseRate, expectedOverObserved } = dayResult(ours, days);
  return `| ${days} days | ${rocAuc.toFixed(3)} | ${prAuc.toFixed(3)} | ${baseRate.toFixed(5)} | ${expectedOverObserved.toFixed(2)} |`;
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`;
}

function dateOf(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}
