import { Command } from 'commander';
import type { Config } from '../core/config.ts';
import { BarographError } from '../core/errors.ts';
import { createLogger } from '../core/log.ts';
import { startTrainer } from '../train/trainer.ts';
import { type CommonOptions, configOption, readConfig } from './options.ts';
import { whenAskedToEnd } from './signals.ts';

export function trainCommand(): Command {
  return new Command('train')
    .description('only train: read measurements, keep models warm, publish Outlooks to the knowledge base')
    .addOption(configOption())
    .option('--once', 'end when the history is read and an Outlook is published')
    .action(async (options: CommonOptions & { once?: boolean }) => {
      const config = readConfig(options);
      const logger = createLogger(config.log.level);
      const done = Promise.withResolvers<void>();
      const trainer = startTrainer({
        config,
        startedMilliseconds: performance.timeOrigin,
        logger,
        onStatus: (status) => {
          if (options.once !== true) return;
          if (status.history === 1) done.resolve();
          // Once means no tries for ever: the source has spent its own budget of them.
          else if (status.failures.source > 0) done.reject(unreadHistory(config));
        },
      });
      try {
        await Promise.race([done.promise, whenAskedToEnd()]);
      } finally {
        await trainer.close();
      }
      const { status } = trainer;
      process.stdout.write(
        `${status?.containers ?? 0} containers and ${status?.nodes ?? 0} nodes trained, Outlook version ${status?.version ?? 0}\n`,
      );
    });
}

function unreadHistory({ source }: Config): BarographError {
  return new BarographError(
    'SOURCE_UNAVAILABLE',
    `the history could not be read from the ${source.kind} source; the log says why`,
  );
}
