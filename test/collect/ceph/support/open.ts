import { type CephSource, openCephSource } from '../../../../src/collect/ceph/ceph-source.ts';
import type { Clock } from '../../../../src/core/clock.ts';
import { type CephConfig, configSchema } from '../../../../src/core/config.ts';
import { BarographError } from '../../../../src/core/errors.ts';
import { createLogger } from '../../../../src/core/log.ts';

/** One entry of `storage.ceph` as a configuration file would give it. */
export function cephConfig(entry: object): CephConfig {
  const { storage } = configSchema.parse({ source: { kind: 'trace', path: 'none' }, storage: { ceph: [entry] } });
  const [config] = storage?.ceph ?? [];
  if (config === undefined) throw new BarographError('CONFIG_INVALID', 'expected a Ceph cluster');
  return config;
}

export function openFrom(entry: object, clock: Clock): CephSource {
  return openCephSource({
    config: cephConfig(entry),
    clock,
    logger: createLogger('silent'),
    firstIntervalSeconds: 1.5,
  });
}
