import { openConnection } from '../cluster/connection.ts';
import type { Clock } from '../core/clock.ts';
import type { Config } from '../core/config.ts';
import type { Logger } from '../core/log.ts';
import { createMetricsApiSource } from './metrics-api.ts';
import { createPrometheusSource } from './prometheus.ts';
import type { Source } from './source.ts';
import { createTraceSource } from './trace.ts';

export interface OpenSourceOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The source of measurements that the configuration names. Nothing is read yet. Throws CLUSTER_UNREACHABLE when it needs credentials that are not there. */
export function openSource({ config, clock, logger }: OpenSourceOptions): Source {
  const { source, training, kubernetes } = config;
  switch (source.kind) {
    case 'trace':
      return createTraceSource({ path: source.path, clock });
    case 'metrics-api':
      return createMetricsApiSource({
        connection: openConnection(kubernetes),
        clock,
        logger,
        pollSeconds: source.poll,
      });
    case 'prometheus':
      return createPrometheusSource({ config: source, stepSeconds: training.step, clock, logger });
  }
}
