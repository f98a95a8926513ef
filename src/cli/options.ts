import { Option } from 'commander';
import { type Config, configSchema } from '../core/config.ts';
import { loadConfig } from '../core/config-file.ts';
import { BarographError } from '../core/errors.ts';

export interface CommonOptions {
  readonly config?: string;
  readonly output: 'table' | 'json';
}

export function configOption(): Option {
  return new Option('--config <file>', 'the configuration, a YAML file').env('BAROGRAPH_CONFIG');
}

export function outputOption(): Option {
  return new Option('--output <form>', 'how results are printed').choices(['table', 'json']).default('table');
}

/** The configuration of a command: its file, with what flags say laid over it. Throws CONFIG_INVALID, USAGE_WRONG without one. */
export function readConfig(options: Pick<CommonOptions, 'config'>, overrides: Record<string, unknown> = {}): Config {
  if (options.config === undefined && overrides.source === undefined) {
    throw new BarographError('USAGE_WRONG', 'expected a configuration: give --config FILE, or set BAROGRAPH_CONFIG');
  }
  return loadConfig(configSchema, options.config, overrides);
}

/** Prints a result: an object as JSON, else as text. */
export function print(output: CommonOptions['output'], result: unknown, text: () => string): void {
  process.stdout.write(output === 'json' ? `${JSON.stringify(result, undefined, 2)}\n` : `${text()}\n`);
}
