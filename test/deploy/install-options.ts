import type { InstallOptions } from '../../src/cli/install/options.ts';

/** Options as `barograph install --print` makes them of its defaults, with what a test changes. */
export function installOptions(changes: Partial<InstallOptions> = {}): InstallOptions {
  return {
    namespace: 'barograph',
    image: 'registry.example/barograph:1',
    certificates: { kind: 'own', authority: 'AUTHORITY', authorityKey: 'KEY' },
    configuration: { source: { kind: 'prometheus', url: 'http://prometheus.monitoring.svc:9090' } },
    port: 8443,
    storage: { kind: 'claim', size: '5Gi' },
    replicas: 1,
    refuseInvalid: false,
    monitoring: false,
    ...changes,
  };
}
