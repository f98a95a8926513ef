import { type CephConfig, configSchema } from '../../src/core/config.ts';
import { validateConfig } from '../../src/core/config-file.ts';
import { BarographError } from '../../src/core/errors.ts';
import type { Ceph } from '../ceph/ceph.ts';

/** How a test Ceph is read: its managers' pages, and the ceph command of a user who may only read. */
export function cephSettings(ceph: Ceph): object {
  return {
    metrics: { kind: 'mgr', urls: ceph.metricsUrls },
    map: { kind: 'command', command: ceph.readOnlyCommand },
    disks: { kind: 'ceph', every: '1s' },
  };
}

/** The same as the configuration is read. */
export function cephConfig(ceph: Ceph): CephConfig {
  const whole = { source: { kind: 'metrics-api' }, storage: { ceph: [cephSettings(ceph)] } };
  const [config] = validateConfig(configSchema, whole, 'a test').storage?.ceph ?? [];
  if (config === undefined) throw new BarographError('INTERNAL', 'expected one Ceph');
  return config;
}
