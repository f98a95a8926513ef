import { Command } from 'commander';
import { createLogger } from '../core/log.ts';
import { type CommonOptions, configOption, readConfig } from './options.ts';
import { startService } from './service.ts';
import { whenAskedToEnd } from './signals.ts';

interface Options extends Pick<CommonOptions, 'config'> {
  readonly address?: string;
  readonly mode?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly cluster: boolean;
  readonly training: boolean;
  readonly logLevel?: string;
}

// What a kubelet gives before it kills, less some seconds to write the last checkpoint.
const graceSeconds = 10;

export function serveCommand(): Command {
  return new Command('serve')
    .description('run the webhook, the scheduler extender and the trainer')
    .addOption(configOption())
    .option('--address <host:port>', 'where to listen, in place of server.address')
    .option('--mode <mode>', 'enforce, observe or off, in place of mode')
    .option(
      '--kubeconfig <file>',
      'in place of kubernetes.kubeconfig; without either: $KUBECONFIG, ~/.kube/config, the pod',
    )
    .option('--context <name>', 'in place of kubernetes.context')
    .option('--no-cluster', 'watch no cluster: size pods by what they say themselves')
    .option('--no-training', 'only serve what another process trains')
    .option('--log-level <level>', 'debug, info, warn, error or silent, in place of log.level')
    .action(async (options: Options) => {
      const config = readConfig(options, overridesOf(options));
      const logger = createLogger(config.log.level);
      const service = await startService(config, { logger, startedMilliseconds: performance.timeOrigin });
      const signal = await whenAskedToEnd();
      logger.info({ signal }, 'ending');
      await service.close(graceSeconds);
    });
}

function overridesOf({
  address,
  mode,
  kubeconfig,
  context,
  cluster,
  training,
  logLevel,
}: Options): Record<string, unknown> {
  return {
    server: { address },
    mode,
    kubernetes: { kubeconfig, context, ...(cluster ? {} : { enabled: false }) },
    training: training ? {} : { enabled: false },
    log: { level: logLevel },
  };
}
