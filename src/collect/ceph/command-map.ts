import { execFile } from 'node:child_process';
import type { CephMapConfig } from '../../core/config.ts';
import type { DiskReading } from '../../core/disk.ts';
import { BarographError } from '../../core/errors.ts';
import { readCephHealth } from '../smart/ceph-health.ts';
import { type ClusterMap, clusterMapOf } from './cluster-map.ts';
import type { CephDocuments, DeviceOfOsd } from './documents.ts';
import { parseJson } from './json-text.ts';

type CommandConfig = Extract<CephMapConfig, { kind: 'command' }>;

/** Half a year of daily readings of one device are some 20 MB. */
const mostBytes = 128 * 2 ** 20;

/** Runs the ceph command, commands that only read. */
export class CommandMap implements CephDocuments {
  readonly #config: CommandConfig;

  constructor(config: CommandConfig) {
    this.#config = config;
  }

  async readMap(signal: AbortSignal | undefined): Promise<ClusterMap> {
    const [osdDump, crush, health] = await Promise.all([
      this.#json(['osd', 'dump'], signal),
      this.#json(['osd', 'crush', 'dump'], signal),
      this.#json(['health'], signal),
    ]);
    return clusterMapOf({ osdDump, crush, health }, this.#name);
  }

  async readDevice({ id }: DeviceOfOsd, signal: AbortSignal | undefined): Promise<readonly DiskReading[]> {
    const text = await this.#run(['device', 'get-health-metrics', id], signal);
    return readCephHealth(text, `${this.#name} device get-health-metrics ${id}`);
  }

  close(): void {}

  get #name(): string {
    return this.#config.command[0] ?? 'ceph';
  }

  async #json(args: readonly string[], signal: AbortSignal | undefined): Promise<unknown> {
    return parseJson(await this.#run(args, signal), `${this.#name} ${args.join(' ')}`);
  }

  #run(args: readonly string[], signal: AbortSignal | undefined): Promise<string> {
    const [program = 'ceph', ...own] = this.#config.command;
    const seconds = this.#config.timeout;
    const all = [...own, ...args, '--format', 'json', '--connect-timeout', String(Math.ceil(seconds))];
    const options = {
      maxBuffer: mostBytes,
      timeout: seconds * 1000,
      killSignal: 'SIGKILL',
      ...(signal && { signal }),
    } as const;
    return new Promise((resolve, reject) => {
      execFile(program, all, options, (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(signal?.aborted === true ? signal.reason : this.#failure(args, error, stderr));
      });
    });
  }

  #failure(
    args: readonly string[],
    error: Error & { killed?: boolean; code?: unknown },
    stderr: string,
  ): BarographError {
    // The last line says it; what stands above may be a trace of the program's own.
    const said = stderr.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
    const reason = error.killed === true ? `no end within ${this.#config.timeout} s` : said || `exit ${error.code}`;
    const message = `expected an answer of '${this.#name} ${args.join(' ')}', received ${reason}`;
    return new BarographError('SOURCE_UNAVAILABLE', message, error.code === 'ENOENT' ? { cause: error } : undefined);
  }
}
