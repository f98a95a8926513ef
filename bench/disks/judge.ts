/** What was predicted of one disk on days of the window that is judged, in order. */
export interface JudgedDrive {
  readonly failed: boolean;
  /** The day of the failure, or the last known to be alive. */
  readonly endDay: number;
  readonly weight: number;
  readonly days: readonly number[];
  readonly p7: readonly number[];
  readonly p14: readonly number[];
  readonly p30: readonly number[];
}

/** A disk by its scores: the highest of the window, and the highest within 30 days of its end (its newest when that is older). */
export interface DriveScore {
  readonly ever: number;
  readonly near: number;
  /** Days between the first score above a threshold and the end. */
  leadAbove(threshold: number): number;
}

export interface Sides {
  readonly failed: readonly DriveScore[];
  readonly healthy: readonly DriveScore[];
}

const nearDays = 30;

/** Disks that failed within the window, and those that lived 30 days past it; `scoreOf` picks or makes the score of a day. */
export function sidesOf(
  drives: readonly JudgedDrive[],
  lastDay: number,
  scoreOf: (drive: JudgedDrive, i: number) => number,
): Sides {
  const failed: DriveScore[] = [];
  const healthy: DriveScore[] = [];
  for (const drive of drives) {
    const isFailed = drive.failed && drive.endDay <= lastDay;
    if (!isFailed && drive.failed && drive.endDay <= lastDay + nearDays) continue;
    const score = driveScore(drive, scoreOf);
    if (score !== undefined) (isFailed ? failed : healthy).push(score);
  }
  return { failed, healthy };
}

function driveScore(drive: JudgedDrive, scoreOf: (drive: JudgedDrive, i: number) => number): DriveScore | undefined {
  // The day of the failure comes too late to act on.
  const used = drive.days.flatMap((day, i) =>
    !drive.failed || day < drive.endDay ? [{ day, score: scoreOf(drive, i) }] : [],
  );
  const newest = used.at(-1);
  if (newest === undefined) return undefined;
  const near = used.filter(({ day }) => day >= drive.endDay - nearDays);
  return {
    ever: highest(used),
    near: near.length > 0 ? highest(near) : newest.score,
    leadAbove: (threshold) => drive.endDay - (used.find(({ score }) => score > threshold)?.day ?? drive.endDay),
  };
}

function highest(rows: readonly { readonly score: number }[]): number {
  return rows.reduce((most, { score }) => Math.max(most, score), Number.NEGATIVE_INFINITY);
}

/** The lowest threshold that at most this share of healthy disks passes on any day. */
export function thresholdAt(healthy: Float64Array, falseAlarms: number): number {
  const sorted = Float64Array.from(healthy).sort();
  const allowed = Math.min(Math.floor(falseAlarms * sorted.length + 1e-9), sorted.length - 1);
  return sorted[sorted.length - 1 - allowed] ?? Number.POSITIVE_INFINITY;
}

export interface DriveResult {
  readonly recall: number;
  readonly falseAlarms: number;
  readonly medianLeadDays: number;
  readonly threshold: number;
}

export function driveResult({ failed, healthy }: Sides, falseAlarms: number): DriveResult {
  const threshold = thresholdAt(
    Float64Array.from(healthy, ({ ever }) => ever),
    falseAlarms,
  );
  const caught = failed.filter(({ near }) => near > threshold);
  const leads = Float64Array.from(caught, (one) => one.leadAbove(threshold)).sort();
  return {
    recall: caught.length / failed.length,
    falseAlarms: healthy.filter(({ ever }) => ever > threshold).length / healthy.length,
    medianLeadDays:
      leads.length === 0 ? 0 : ((leads[(leads.length - 1) >> 1] ?? 0) + (leads[leads.length >> 1] ?? 0)) / 2,
    threshold,
  };
}

/** Low end, middle and high end (2.5, 50, 97.5 %) of the difference in recall, over draws of the same disks for both. */
export function pairedRecall(
  ours: Sides,
  theirs: Sides,
  falseAlarms: number,
  random: () => number,
  draws = 1000,
): readonly [number, number, number] {
  const columns = (sides: Sides) => ({
    near: Float64Array.from(sides.failed, ({ near }) => near),
    ever: Float64Array.from(sides.healthy, ({ ever }) => ever),
  });
  const [a, b] = [columns(ours), columns(theirs)];
  const differences = Float64Array.from({ length: draws }, () => {
    const healthy = Uint32Array.from(a.ever, () => Math.floor(random() * a.ever.length));
    const failed = Uint32Array.from(a.near, () => Math.floor(random() * a.near.length));
    const recall = ({ near, ever }: ReturnType<typeof columns>): number => {
      const threshold = thresholdAt(
        Float64Array.from(healthy, (i) => ever[i] ?? 0),
        falseAlarms,
      );
      let caught = 0;
      for (const i of failed) if ((near[i] ?? 0) > threshold) caught += 1;
      return caught / failed.length;
    };
    return recall(a) - recall(b);
  }).sort();
  const at = (share: number): number => differences[Math.round(share * (draws - 1))] ?? 0;
  return [at(0.025), at(0.5), at(0.975)];
}

export interface DayResult {
  readonly rocAuc: number;
  readonly prAuc: number;
  readonly expectedOverObserved: number;
  readonly baseRate: number;
}

/** Days of a weekly grid whose horizon was watched to its end, weighted to the fleet that the disks stand for. */
export function dayResult(drives: readonly JudgedDrive[], days: 7 | 14 | 30): DayResult {
  const rows = drives.flatMap((drive) => rowsOf(drive, days)).toSorted((a, b) => b.p - a.p);
  let [yes, no, expected] = [0, 0, 0];
  for (const { y, weight, p } of rows) {
    if (y) yes += weight;
    else no += weight;
    expected += weight * p;
  }
  const { area, precision } = curves(rows, yes, no);
  return { rocAuc: area, prAuc: precision, expectedOverObserved: expected / yes, baseRate: yes / (yes + no) };
}

interface JudgedRow {
  readonly p: number;
  readonly y: boolean;
  readonly weight: number;
}

function rowsOf(drive: JudgedDrive, days: 7 | 14 | 30): readonly JudgedRow[] {
  const values = { 7: drive.p7, 14: drive.p14, 30: drive.p30 }[days];
  return drive.days.flatMap((day, i) => {
    const left = drive.endDay - day;
    if (day % 7 !== 0 || (drive.failed && left <= 0)) return [];
    const y = drive.failed && left <= days;
    if (!y && left < days) return [];
    return [{ p: values[i] ?? 0, y, weight: drive.weight }];
  });
}

/** Areas under the ROC curve and under the precision by recall, rows of the same score taken together. */
function curves(
  rows: readonly JudgedRow[],
  yes: number,
  no: number,
): { readonly area: number; readonly precision: number } {
  let [area, precision, caught, alarmed] = [0, 0, 0, 0];
  for (let start = 0; start < rows.length; ) {
    let [newYes, newNo, end] = [0, 0, start];
    for (; end < rows.length && rows[end]?.p === rows[start]?.p; end += 1) {
      const { y = false, weight = 0 } = rows[end] ?? {};
      if (y) newYes += weight;
      else newNo += weight;
    }
    area += newNo * (caught + newYes / 2);
    caught += newYes;
    alarmed += newNo;
    precision += newYes * (caught / (caught + alarmed));
    start = end;
  }
  return { area: area / (yes * no), precision: precision / yes };
}
