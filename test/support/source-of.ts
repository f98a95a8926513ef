import { createPrometheusSource, type PrometheusSourceOptions } from '../../src/collect/prometheus.ts';
import type { Source } from '../../src/collect/source.ts';
import { manualClock } from '../../src/core/clock.ts';
import { configSchema, type PrometheusConfig } from '../../src/core/config.ts';
import { BarographError } from '../../src/core/errors.ts';
import { createLogger } from '../../src/core/log.ts';

/** A Prometheus source as a configuration file would make it, with patience for tests. */
export function sourceOf(
  url: string,
  nowSeconds: number,
  more: object = {},
  options: Partial<PrometheusSourceOptions> = {},
): Source {
  return createPrometheusSource({
    config: prometheusConfig(url, more),
    stepSeconds: 300,
    clock: manualClock(nowSeconds),
    logger: createLogger('silent'),
    ...options,
  });
}

function prometheusConfig(url: string, more: object): PrometheusConfig {
  const { source } = configSchema.parse({ source: { kind: 'prometheus', url, retryBudget: '5s', ...more } });
  if (source.kind !== 'prometheus') throw new BarographError('CONFIG_INVALID', 'expected a Prometheus');
  return source;
}
