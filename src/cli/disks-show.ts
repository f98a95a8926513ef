import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { readDiskFile } from '../collect/smart/read-disk-file.ts';
import { systemClock } from '../core/clock.ts';
import type { DiskReading } from '../core/disk.ts';
import { BarographError } from '../core/errors.ts';
import { assessDisk } from '../predict/disk/assess.ts';
import type { DiskModel } from '../predict/disk/disk-model.ts';
import type { DiskOutlook, ReplacementDate } from '../predict/disk/disk-outlook.ts';
import { outputOption, print } from './options.ts';
import { percent, renderTable } from './table.ts';

const secondsPerDay = 86_400;

interface Options {
  readonly model?: string;
  readonly risk: string;
  readonly output: 'table' | 'json';
}

/** `disks show`; readModel reads the weights, those that ship when no file is named. */
export function showCommand(readModel: (path: string | undefined) => DiskModel): Command {
  return new Command('show')
    .description('print how likely disks fail, why, and by when to replace them')
    .argument(
      '<file...>',
      'what smartctl --json, ceph device get-health-metrics or smartctl_exporter printed; several files of a disk are its history',
    )
    .option('--model <file>', 'what `barograph disks train` wrote, in place of what comes with Barograph')
    .option('--risk <percent>', 'chance that the disk fails before it is replaced', '5%')
    .addOption(outputOption())
    .action((files: string[], options: Options) => {
      const model = readModel(options.model);
      const assessment = { risk: riskOf(options.risk), today: Math.floor(systemClock.nowSeconds() / secondsPerDay) };
      const outlooks = historiesOf(files).map((readings) => assessDisk(readings, model, assessment));
      const sorted = outlooks.toSorted(
        (a, b) => (Number.isNaN(b.p30) ? -1 : b.p30) - (Number.isNaN(a.p30) ? -1 : a.p30),
      );
      print(options.output, sorted.map(plain), () => tableOf(sorted, options.risk));
    });
}

/** The readings of each disk, oldest first. Disks without a serial number, or with one that was blotted out, are one per file. */
function historiesOf(files: readonly string[]): readonly (readonly DiskReading[])[] {
  const disks = new Map<string, DiskReading[]>();
  for (const path of files) {
    for (const reading of readDiskFile(readFileSync(path, 'utf8'), path)) {
      const isKnown = reading.serial !== '' && !/^(redacted|x+)$/i.test(reading.serial);
      const key = isKnown ? `${reading.model} ${reading.serial}` : `${path} ${reading.device}`;
      const readings = disks.get(key) ?? [];
      readings.push(reading);
      disks.set(key, readings);
    }
  }
  return [...disks.values()].map((readings) =>
    readings.toSorted((a, b) => (a.timeSeconds ?? 0) - (b.timeSeconds ?? 0)),
  );
}

function riskOf(text: string): number {
  const number = Number(/^(\d+(?:\.\d+)?)\s*%$/.exec(text)?.[1]) / 100;
  if (number > 0 && number < 1) return number;
  throw new BarographError('USAGE_WRONG', `expected a percentage like 5% for --risk, received '${text}'`);
}

function plain(outlook: DiskOutlook) {
  const { replaceBy, p7, p14, p30, ...rest } = outlook;
  return {
    ...rest,
    p7: orNull(p7),
    p14: orNull(p14),
    p30: orNull(p30),
    replaceBy:
      replaceBy === undefined
        ? null
        : { date: dateOf(replaceBy.day), from: dateOf(replaceBy.from), to: dateOf(replaceBy.to) },
  };
}

function orNull(probability: number): number | null {
  return Number.isNaN(probability) ? null : probability;
}

function tableOf(outlooks: readonly DiskOutlook[], risk: string): string {
  const rows = outlooks.map(({ device, model, serial, p7, p14, p30, replaceBy, drivers, basis }) => [
    device,
    model,
    serial,
    shown(p7),
    shown(p14),
    shown(p30),
    intervalOf(replaceBy, basis),
    basis,
    drivers[0] ?? '',
  ]);
  const table = renderTable(
    ['device', 'model', 'serial', '7 days', '14 days', '30 days', 'replace by', 'basis', 'why'],
    rows,
  );
  const notes = new Map<string, number>();
  for (const { notes: own } of outlooks) for (const note of own) notes.set(note, (notes.get(note) ?? 0) + 1);
  const lines = [...notes].map(([note, count]) => `- ${note} (${count} of ${outlooks.length})`);
  return [
    table,
    '',
    `replace by: the day when the chance of a failure until then reaches ${risk}; --output json gives all reasons`,
    ...lines,
  ].join('\n');
}

function shown(probability: number): string {
  return Number.isNaN(probability) ? '–' : percent(probability, 2);
}

function intervalOf(date: ReplacementDate | undefined, basis: DiskOutlook['basis']): string {
  if (date === undefined) return basis === 'nothing' ? '–' : 'none in 2 years';
  return `${dateOf(date.day)} (${dateOf(date.from)} to ${dateOf(date.to)})`;
}

function dateOf(day: number): string {
  return new Date(day * secondsPerDay * 1000).toISOString().slice(0, 10);
}
