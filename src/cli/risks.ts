import { Command } from 'commander';
import type { RealisedRisk } from '../train/training.ts';
import { type CommonOptions, configOption, outputOption, print, readConfig } from './options.ts';
import { storedTraining } from './stored-training.ts';
import { percent, renderTable } from './table.ts';

export function risksCommand(): Command {
  return new Command('risks')
    .description('print promised against realised exceedance, over all containers and what was measured of them')
    .addOption(configOption())
    .addOption(outputOption())
    .action(async (options: CommonOptions) => {
      const { training } = await storedTraining(readConfig(options));
      const rows = training.realised().map(withInterval);
      print(options.output, rows, () => table(rows));
    });
}

interface RiskRow extends RealisedRisk {
  readonly realised: number | null;
  /** 95 %. */
  readonly interval: readonly [number, number] | null;
}

/** Wilson's score interval for a share (JASA 22, 1927). Windows that follow each other are alike: the true interval is wider. */
export function withInterval(risk: RealisedRisk): RiskRow {
  const { exceeded, measured } = risk;
  if (measured === 0) return { ...risk, realised: null, interval: null };
  const z = 1.96;
  const share = exceeded / measured;
  const middle = (share + (z * z) / (2 * measured)) / (1 + (z * z) / measured);
  const half =
    (z / (1 + (z * z) / measured)) * Math.sqrt((share * (1 - share)) / measured + (z * z) / (4 * measured ** 2));
  return { ...risk, realised: share, interval: [Math.max(0, middle - half), Math.min(1, middle + half)] };
}

function table(rows: readonly RiskRow[]): string {
  if (rows.length === 0) return 'nothing is measured yet: no container has a model';
  return renderTable(
    ['resource', 'promised', 'realised', '95 % interval', 'exceeded', 'measured'],
    rows.map((row) => [
      row.resource,
      percent(row.promised),
      percent(row.realised),
      row.interval === null ? '–' : `${percent(row.interval[0])} to ${percent(row.interval[1])}`,
      String(Math.round(row.exceeded)),
      `${row.measured} ${row.resource === 'cpu' ? 'windows' : 'container-days'}`,
    ]),
  );
}
