import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { BarographError } from '../core/errors.ts';
import { createLogger } from '../core/log.ts';
import { tellEmbedded } from './demo/embedded.ts';
import { tellOnCluster } from './demo/on-cluster.ts';
import { readFuture } from './demo/recorded-future.ts';
import { reportText, resultOf } from './demo/report.ts';
import { storyHours } from './demo/story.ts';
import { type CommonOptions, outputOption, print } from './options.ts';

interface Options extends Pick<CommonOptions, 'output'> {
  readonly cluster?: boolean;
}

export function demoCommand(): Command {
  return new Command('demo')
    .description('size and place some pods on recorded load, in less than a minute and without a cluster')
    .option('--cluster', 'on a real control plane: builds one at the first time (minutes, needs Go), in a checkout')
    .addOption(outputOption())
    .action(async ({ output, cluster }: Options) => {
      const traces = tracesFolder();
      const logger = createLogger('warn');
      const tell = cluster === true ? tellOnCluster : tellEmbedded;
      const told = await tell({ traces, logger, progress });
      const future = await readFuture(traces, told.fromSeconds, storyHours);
      const result = resultOf(told, future);
      print(output, result, () => `\n${reportText(result)}\n\n${next}`);
    });
}

const next = `NEXT
  npm run barograph -- --help                    every command
  npm run demo -- --output json                  the same as data, with the whole of every reason
  README.md, "On your cluster"                   observe mode on your own cluster changes nothing and shows all of this
The loads are real recordings; names, levels and memory are made up: data/README.md.`;

let last = '';

/** To stderr: stdout is for the result. Does not say the same twice. */
function progress(line: string): void {
  if (line !== last) process.stderr.write(`demo: ${line}\n`);
  last = line;
}

/** Beside the code in a checkout, and in the package, whose code is built into dist/. */
function tracesFolder(): string {
  const candidates = ['../../data/demo-made-up', '../../../data/demo-made-up'];
  const folders = candidates.map((path) => fileURLToPath(new URL(path, import.meta.url)));
  const found = folders.find((folder) => existsSync(folder));
  if (found === undefined) throw new BarographError('TRACE_INVALID', `expected the demo's recordings in ${folders[0]}`);
  return found;
}
