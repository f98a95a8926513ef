import { Command } from 'commander';
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
          if (options.once === true && status.history === 1) done.resolve();
        },
      });
      await Promise.race([done.promise, whenAskedToEnd()]);
      await trainer.close();
      const { status } = trainer;
      process.stdout.write(
        `${status?.containers ?? 0} containers and ${status?.nodes ?? 0} nodes trained, Outlook version ${status?.version ?? 0}\n`,
      );
    });
}
