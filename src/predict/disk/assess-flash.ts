import { type DiskReading, damageCounters } from '../../core/disk.ts';
import { counterWords } from './counter-words.ts';
import type { AssessOptions, DiskOutlook } from './disk-outlook.ts';
import { ownVerdict, spread } from './own-verdict.ts';
import { replacementDate } from './replacement.ts';

const secondsPerDay = 86_400;
const secondsPerHour = 3600;
// One in a hundred a year, the order that fleets of SSDs report (Backblaze: 0.9 % in 2023).
const calmP30 = 1 - (1 - 0.01) ** (30 / 365);
/** The rules may be wrong by this factor either way. */
const doubt = 3;
const rulesNote =
  'by rules that hold for every vendor, not learned: no data set of failures of flash devices was learned from, so the numbers order devices and are not calibrated';

/** A reason, and what it does: the odds rise by a factor, or the probability is at least something. */
interface Rule {
  readonly text: string;
  readonly factor?: number;
  readonly leastP30?: number;
}

/** NVMe devices and SSDs, by their own logs. */
export function assessFlash(
  readings: readonly DiskReading[],
  newest: DiskReading,
  { risk, today }: AssessOptions,
): DiskOutlook {
  const verdict = ownVerdict(newest);
  const rules = [...warningRules(newest), ...wearRules(newest), ...errorRules(readings, newest)];
  const factor = rules.reduce((product, rule) => product * (rule.factor ?? 1), 1);
  const least = rules.reduce((high, rule) => Math.max(high, rule.leastP30 ?? 0), verdict.leastP30);
  const guess = spread(Math.max(raised(calmP30, factor), least));
  const day = newest.timeSeconds === undefined ? today : Math.floor(newest.timeSeconds / secondsPerDay);
  const byFailure = replacementDate(day, risk, guess, [
    spread(raised(guess.p30, doubt)),
    spread(raised(guess.p30, 1 / doubt)),
  ]);
  const byWear = wornOut(readings, newest, day);
  const isWearFirst = byWear !== undefined && (byFailure === undefined || byWear.day < byFailure.day);
  return {
    device: newest.device,
    serial: newest.serial,
    model: newest.model,
    basis: 'rules',
    isFailing: verdict.isFailing || ((newest.wear.criticalWarning ?? 0) & ~temperatureBit) !== 0,
    ...guess,
    drivers: [...verdict.drivers, ...rules.map(({ text }) => text)],
    replaceBy: isWearFirst ? byWear : byFailure,
    notes: [rulesNote, ...(isWearFirst ? ['the date is when its rated endurance is used up at the rate so far'] : [])],
  };
}

const temperatureBit = 2;

/** Bits of the critical warning, NVM Express base specification. */
const warnings: readonly (Rule & { readonly bit: number })[] = [
  { bit: 1, text: 'its spare is below the threshold (critical warning)', leastP30: 0.25 },
  { bit: temperatureBit, text: 'its temperature is out of bounds (critical warning)', factor: 2 },
  { bit: 4, text: 'its reliability is degraded by errors (critical warning)', leastP30: 0.4 },
  { bit: 8, text: 'it takes no more writes (critical warning)', leastP30: 0.9 },
  { bit: 16, text: 'its memory is no longer backed up against power loss (critical warning)', leastP30: 0.1 },
  { bit: 32, text: 'its persistent memory is read-only or unreliable (critical warning)', leastP30: 0.25 },
];

function warningRules({ wear: { criticalWarning = 0 } }: DiskReading): readonly Rule[] {
  return warnings.filter(({ bit }) => (criticalWarning & bit) !== 0);
}

function wearRules({ wear: { usedShare, spareShare, spareThreshold } }: DiskReading): readonly Rule[] {
  const rules: Rule[] = [];
  if (usedShare !== undefined && usedShare >= 0.8) {
    rules.push({ text: `${percent(usedShare)} of its rated endurance is used`, factor: usedShare >= 1 ? 5 : 2 });
  }
  if (spareShare !== undefined) {
    if (spareThreshold !== undefined && spareShare <= spareThreshold) {
      rules.push({
        text: `${percent(spareShare)} of its spare is left, the threshold is ${percent(spareThreshold)}`,
        leastP30: 0.25,
      });
    } else if (spareShare < 0.5) rules.push({ text: `${percent(spareShare)} of its spare is left`, factor: 4 });
  }
  return rules;
}

/** Errors that reached the host; on SATA the counters of the same meaning. Retired blocks are what spare is for and do not count. */
function errorRules(readings: readonly DiskReading[], newest: DiskReading): readonly Rule[] {
  const errors = errorsOf(newest);
  if (errors === 0) return [];
  const [one, many] = counterWords[187];
  const before = readings.find((reading) => isWithin(reading, newest, 30));
  const grown = before === undefined ? 0 : errors - errorsOf(before);
  const rules: Rule[] = [
    { text: `${errors} ${errors === 1 ? one : many}`, factor: Math.min(20, 2 + 2 * Math.log2(1 + errors)) },
  ];
  if (grown > 0) rules.push({ text: `${grown} of them within 30 days`, factor: 5 });
  return rules;
}

function errorsOf({ protocol, wear, attributes }: DiskReading): number {
  if (protocol === 'NVMe') return wear.mediaErrors ?? 0;
  return damageCounters
    .filter((id) => id === 187 || id === 184)
    .reduce((sum, id) => sum + (attributes.get(id) ?? 0), 0);
}

function isWithin(reading: DiskReading, newest: DiskReading, days: number): boolean {
  if (reading.timeSeconds === undefined || newest.timeSeconds === undefined) return false;
  return newest.timeSeconds - reading.timeSeconds <= days * secondsPerDay;
}

/**
 * When all of the rated endurance is used: at the rate since the first reading where that is a month ago or more and shows wear, else at that since it
 * was new. The interval is half and twice the time.
 */
function wornOut(readings: readonly DiskReading[], newest: DiskReading, day: number): DiskOutlook['replaceBy'] {
  const used = newest.wear.usedShare;
  const rate = wearPerDay(readings, newest);
  if (used === undefined || rate === undefined || used >= 1) return undefined;
  const days = (1 - used) / rate;
  if (days > 730) return undefined;
  return { day: day + Math.floor(days), from: day + Math.floor(days / 2), to: day + Math.floor(2 * days) };
}

function wearPerDay(readings: readonly DiskReading[], newest: DiskReading): number | undefined {
  const used = newest.wear.usedShare ?? 0;
  const first = readings.find(({ wear, timeSeconds }) => wear.usedShare !== undefined && timeSeconds !== undefined);
  const days = ((newest.timeSeconds ?? 0) - (first?.timeSeconds ?? Number.POSITIVE_INFINITY)) / secondsPerDay;
  const grown = used - (first?.wear.usedShare ?? 0);
  if (days >= 30 && grown > 0) return grown / days;
  const hours = newest.powerOnHours ?? 0;
  return hours > 0 && used > 0 ? (used * secondsPerDay) / (hours * secondsPerHour) : undefined;
}

function raised(probability: number, factor: number): number {
  const odds = (factor * probability) / (1 - probability);
  return odds / (1 + odds);
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
