import { join } from 'node:path';
import { type Config, configSchema } from '../../core/config.ts';
import { validateConfig } from '../../core/config-file.ts';
import { storyStart } from './story.ts';

export interface DemoConfigOptions {
  readonly traces: string;
  /** Of certificates and knowledge base. */
  readonly folder: string;
  /** A kubeconfig; undefined plays the cluster in memory. */
  readonly cluster: string | undefined;
}

/** How much faster than the machine: a step of five minutes takes 2.5 s. */
const clockRate = 120;

/** The embedded product on recorded traces, its clock running fast. */
export function demoConfig({ traces, folder, cluster }: DemoConfigOptions): Config {
  const config = {
    source: { kind: 'trace', path: traces },
    server: { address: '127.0.0.1:0', certs: join(folder, 'certs') },
    kubernetes: cluster === undefined ? { enabled: false } : { kubeconfig: cluster },
    knowledge: { kind: 'sqlite', path: join(folder, 'knowledge') },
    mode: 'enforce',
    training: { history: '9d', delay: '1s' },
    outlook: { maxAge: '2h' },
    log: { level: 'warn' },
    clock: { start: storyStart, rate: clockRate },
  };
  return validateConfig(configSchema, config, "the demo's configuration");
}
