import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { requestJson } from '../../../src/cli/request-json.ts';
import { BarographError } from '../../../src/core/errors.ts';
import type { Cluster } from '../../cluster/start.ts';
import { GiveUp, waitFor } from '../../cluster/wait-for.ts';
import { freePort } from '../../support/loopback.ts';
import { commandLine, repository } from './run-cli.ts';

/** `/api/v1/status`, as far as journeys look at it. */
export interface ServedStatus {
  readonly ready: boolean;
  readonly outlook: ServedOutlook | null;
  /** ISO 8601. */
  readonly trainedTo: string | null;
}

export interface ServedOutlook {
  readonly version: number;
  /** The newest measurement in it, ISO 8601. */
  readonly data: string;
  readonly containers: number;
  readonly fresh: boolean;
}

export interface ServeOptions {
  readonly cluster: Cluster;
  /** What is in the configuration file beside server, kubernetes and knowledge. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Before the command of the process, which it has to run in its own place; none by default. */
  readonly within?: readonly string[];
  /** Flags of Node. */
  readonly nodeFlags?: readonly string[];
}

const startSeconds = 60;

/** `barograph serve` as a process of its own against a real cluster, as a user starts it. Its folder outlives kills and restarts until dispose(). */
export class Served {
  readonly folder: string;
  readonly configFile: string;
  readonly certs: string;
  readonly url: string;
  readonly #token: string;
  readonly #command: readonly string[];
  #child: ChildProcess | undefined;
  #said = '';

  private constructor(folder: string, url: string, { cluster, within = [], nodeFlags = [] }: ServeOptions) {
    this.#command = [...within, process.execPath, ...nodeFlags, ...commandLine];
    this.folder = folder;
    this.configFile = join(folder, 'barograph.yaml');
    this.certs = join(folder, 'certs');
    this.url = url;
    this.#token = cluster.token;
  }

  static async start(options: ServeOptions): Promise<Served> {
    const { cluster, config } = options;
    const folder = mkdtempSync(join(tmpdir(), 'barograph-journey-'));
    const port = await freePort();
    const served = new Served(folder, `https://127.0.0.1:${port}`, options);
    const whole = {
      server: { address: `127.0.0.1:${port}`, certs: served.certs },
      kubernetes: { kubeconfig: cluster.kubeconfig },
      knowledge: { kind: 'sqlite', path: join(folder, 'knowledge') },
      log: { level: 'info' },
      ...config,
    };
    writeFileSync(served.configFile, stringify(whole));
    await served.restart();
    return served;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Whether it ended by itself, or was ended by somebody else. */
  get hasEnded(): boolean {
    return this.#child !== undefined && (this.#child.exitCode !== null || this.#child.signalCode !== null);
  }

  /** What it logged so far, JSON lines. */
  get said(): string {
    return this.#said;
  }

  /** Starts the process again after kill() or stop(), and waits until it is ready. */
  async restart(): Promise<void> {
    const [program = process.execPath, ...before] = this.#command;
    const args = [...before, 'serve', '--config', this.configFile];
    const child = spawn(program, args, { cwd: repository, stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#said += chunk.toString('utf8');
    });
    const ready = async (): Promise<boolean> => {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new GiveUp(new BarographError('INTERNAL', 'serve ended'));
      return (await this.status().catch(() => undefined))?.ready === true;
    };
    try {
      await waitFor(ready, startSeconds, 'barograph serve to be ready');
    } catch (cause) {
      throw new BarographError('INTERNAL', `barograph serve did not start; it said: ${this.#said.slice(-3000)}`, {
        cause,
      });
    }
  }

  async status(): Promise<ServedStatus> {
    return (await this.get('/api/v1/status')) as ServedStatus;
  }

  get(path: string): Promise<unknown> {
    const authority = readFileSync(join(this.certs, 'ca.crt'), 'utf8');
    return requestJson(`${this.url}${path}`, { authority, token: this.#token });
  }

  /** Waits for an Outlook with so many containers whose data is at least as new as that. */
  async outlook(containers: number, dataSeconds = 0, seconds = 90): Promise<ServedOutlook> {
    return waitFor(
      async () => {
        const { outlook } = await this.status();
        return outlook !== null && outlook.containers >= containers && Date.parse(outlook.data) / 1000 >= dataSeconds
          ? outlook
          : undefined;
      },
      seconds,
      `an Outlook with ${containers} containers; the server said: ${this.#said.slice(-1500)}`,
    );
  }

  /** As `kill -9` does. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  async dispose(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), 20_000);
    await ended;
    clearTimeout(late);
  }
}
