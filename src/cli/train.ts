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
      const watch = setInterval(() => {
        if (options.once === true && trainer.restarts > 0) done.reject(failedThread());
      }, 200);
      try {
        await Promise.race([done.promise, whenAskedToEnd()]);
      } finally {
        clearInterval(watch);
        await trainer.close();
      }
      const { status } = trainer;
      if (options.once === true && (status?.containers ?? 0) + (status?.nodes ?? 0) === 0) throw emptyHistory(config);
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

function emptyHistory({ source }: Config): BarographError {
  const hint =
    source.kind === 'prometheus'
      ? 'is cAdvisor scraped, and does source.selector match?'
      : 'does it reach to the time of the clock?';
  return new BarographError(
    'SOURCE_UNAVAILABLE',
    `the ${source.kind} source has no series in the history that was asked for: ${hint}`,
  );
}

function failedThread(): BarographError {
  return new BarographError('INTERNAL', 'the training thread failed; the log says why');
}
