import type { Clock } from '../core/clock.ts';
import type { Config } from '../core/config.ts';
import type { Logger } from '../core/log.ts';
import { createPrometheusSource } from './prometheus.ts';
import type { Source } from './source.ts';
import { createTraceSource } from './trace.ts';

export interface OpenSourceOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The source of measurements that the configuration names. Nothing is read yet. */
export function openSource({ config, clock, logger }: OpenSourceOptions): Source {
  const { source } = config;
  if (source.kind === 'trace') return createTraceSource({ path: source.path, clock });
  return createPrometheusSource({ config: source, stepSeconds: config.training.step, clock, logger });
}
