import { once } from 'node:events';
import { createReadStream, createWriteStream, writeFileSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import { Command } from 'commander';
import { driveStats } from '../collect/smart/drive-stats.ts';
import { BarographError } from '../core/errors.ts';
import type { FailureProbabilities } from '../predict/disk/disk-model.ts';
import { DriveTable } from '../predict/disk/drive-table.ts';
import { DiskScorer } from '../predict/disk/score.ts';
import { trainDiskModel, usualTraining } from '../predict/disk/train.ts';
import { readDiskModel } from '../storage/disk-model-file.ts';
import { showCommand } from './disks-show.ts';

const secondsPerDay = 86_400;
const outputBytes = 2 ** 16;

export function disksCommand(): Command {
  return new Command('disks')
    .description('tell from S.M.A.R.T. values which disks will fail')
    .addCommand(trainCommand())
    .addCommand(scoreCommand())
    .addCommand(showCommand(readDiskModel));
}

function trainCommand(): Command {
  return new Command('train')
    .description('learn from drive statistics in the format of Backblaze (CSV, one row per disk and day)')
    .requiredOption('--model <file>', 'where to write what was learned')
    .requiredOption(
      '--input <file...>',
      'drive statistics with a column failure, and weight if disks stand for more than one',
    )
    .option('--seed <number>', 'for drawing disks; same seed, same model', '1')
    .action(async (options: { model: string; input: string[]; seed: string }) => {
      const table = new DriveTable();
      for (const path of options.input) {
        for await (const day of driveStats(createReadStream(path), path)) table.add(day);
      }
      const model = trainDiskModel(table, { ...usualTraining, seed: seedOf(options.seed), report });
      writeFileSync(options.model, `${JSON.stringify(model)}\n`);
      report(`written to ${options.model}`);
    });
}

function scoreCommand(): Command {
  return new Command('score')
    .description('write for each row of drive statistics how likely the disk fails within 7, 14 and 30 days')
    .option('--model <file>', 'what `barograph disks train` wrote, in place of what comes with Barograph')
    .requiredOption('--input <file>', 'drive statistics, each disk in the order of its days')
    .requiredOption('--output <file>', 'where to write date,serial_number,p7,p14,p30')
    .action(async (options: { model?: string; input: string; output: string }) => {
      const scorer = new DiskScorer(readDiskModel(options.model));
      const output = createWriteStream(options.output);
      let text = 'date,serial_number,p7,p14,p30\n';
      for await (const day of driveStats(createReadStream(options.input), options.input)) {
        text += lineOf(day.day, day.serial, scorer.score(day));
        if (text.length < outputBytes) continue;
        if (!output.write(text)) await once(output, 'drain');
        text = '';
      }
      output.end(text);
      await finished(output);
    });
}

function lineOf(day: number, serial: string, { p7, p14, p30 }: FailureProbabilities): string {
  const date = dateOf(day);
  const name = /[",]/.test(serial) ? `"${serial.replaceAll('"', '""')}"` : serial;
  return `${date},${name},${p7.toPrecision(7)},${p14.toPrecision(7)},${p30.toPrecision(7)}\n`;
}

let lastDay = Number.NaN;
let lastDate = '';

/** The date of a day; rows come day by day. */
function dateOf(day: number): string {
  if (day !== lastDay) {
    lastDay = day;
    lastDate = new Date(day * secondsPerDay * 1000).toISOString().slice(0, 10);
  }
  return lastDate;
}

function seedOf(text: string): number {
  const seed = Number(text);
  if (Number.isInteger(seed) && seed >= 0) return seed;
  throw new BarographError('USAGE_WRONG', `expected a whole number for --seed, received '${text}'`);
}

function report(what: string): void {
  process.stderr.write(`${what}\n`);
}
