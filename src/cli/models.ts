import { Command } from 'commander';
import type { SeriesSummary } from '../train/training.ts';
import { type CommonOptions, configOption, outputOption, print, readConfig } from './options.ts';
import { storedTraining } from './stored-training.ts';
import { renderTable } from './table.ts';

export function modelsCommand(): Command {
  return new Command('models')
    .description('print which model serves each series, and what it has seen')
    .addOption(configOption())
    .addOption(outputOption())
    .action(async (options: CommonOptions) => {
      const { training, damaged } = await storedTraining(readConfig(options));
      const series = training.series();
      print(options.output, { series, damaged }, () => table(series, damaged));
    });
}

function table(series: readonly SeriesSummary[], damaged: readonly string[]): string {
  if (series.length === 0 && damaged.length === 0) return 'no series has a model yet';
  const rows = series.map((one) => [
    one.id,
    one.model,
    String(one.samples),
    time(one.fromSeconds),
    time(one.toSeconds),
    `${(one.bytes / 1024).toFixed(1)} KiB`,
  ]);
  const text = renderTable(['series', 'model', 'samples', 'from', 'to', 'state'], rows);
  return [text, ...damaged.map((why) => `cannot be used: ${why}`)].join('\n');
}

function time(seconds: number): string {
  return Number.isFinite(seconds) ? new Date(seconds * 1000).toISOString().slice(0, 16) : '–';
}
