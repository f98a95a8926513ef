import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get as httpGet } from 'node:http';
import { get as httpsGet } from 'node:https';
import { join } from 'node:path';
import { Api } from './api.ts';
import { ClusterError } from './cluster-error.ts';
import {
  type Component,
  type ComponentName,
  componentNames,
  componentsOf,
  kubeconfigPath,
  schedulerConfigPath,
} from './components.ts';
import { createNodes, type FakeNode } from './nodes.ts';
import { type Credentials, credentialsIn } from './pki.ts';
import { freePorts, type Ports } from './ports.ts';
import { lastLines, runningPid, signal, startProgram, stopProgram } from './processes.ts';
import { GiveUp, waitFor } from './wait-for.ts';

const defaultSchedulerConfig = `apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
leaderElection: {leaderElect: false}
clientConnection: {kubeconfig: "@KUBECONFIG@", qps: 5000, burst: 5000}
`;

const readySeconds = 60;
const graceSeconds = 3;

export interface ClusterSettings {
  /** Whether the folder goes with the cluster, and its processes with this one. */
  readonly temporary: boolean;
  readonly flags: Partial<Record<ComponentName, readonly string[]>>;
}

/** A control plane whose state, logs and process ids are in one folder. Another process can open the same folder. */
export class Cluster {
  readonly run: string;
  readonly kubeconfig: string;
  readonly server: string;
  readonly token: string;
  /** The certificate authority, PEM. */
  readonly authority: string;
  readonly ports: Ports;
  readonly api: Api;
  readonly #components: Readonly<Record<ComponentName, Component>>;
  readonly #temporary: boolean;
  readonly #atExit = (): void => this.#endAtOnce();

  private constructor(run: string, credentials: Credentials, ports: Ports, settings: ClusterSettings) {
    this.run = run;
    this.kubeconfig = kubeconfigPath(run);
    this.server = `https://127.0.0.1:${ports.apiserver}`;
    this.token = credentials.token;
    this.authority = credentials.authority;
    this.ports = ports;
    this.api = new Api(this.server, credentials.authority, credentials.token);
    this.#components = componentsOf(run, ports, settings.flags);
    this.#temporary = settings.temporary;
  }

  /** The cluster of a run folder, started or not. While any component runs its ports stay; else free ones are chosen anew. */
  static async in(run: string, settings: ClusterSettings = { temporary: false, flags: {} }): Promise<Cluster> {
    const credentials = await credentialsIn(run);
    const path = portsPath(run);
    if (!existsSync(path) || !isAnyRunning(run)) writeFileSync(path, JSON.stringify(await freePorts()));
    const cluster = new Cluster(run, credentials, JSON.parse(readFileSync(path, 'utf8')) as Ports, settings);
    cluster.#writeKubeconfig();
    return cluster;
  }

  /** Starts what does not run. */
  async up(schedulerConfig?: string): Promise<void> {
    if (this.#temporary) process.once('exit', this.#atExit);
    if (schedulerConfig !== undefined || !existsSync(schedulerConfigPath(this.run))) {
      this.#writeSchedulerConfig(schedulerConfig ?? defaultSchedulerConfig);
    }
    await this.start('etcd');
    await this.start('apiserver');
    await Promise.all([this.start('controller-manager'), this.start('scheduler'), this.start('kwok')]);
    // Pods need it in the default namespace; it comes some moments after the controller manager.
    const account = '/api/v1/namespaces/default/serviceaccounts/default';
    await waitFor(() => this.api.get(account), readySeconds, account);
  }

  /** Starts a component and waits until it says that it is ready. */
  async start(name: ComponentName): Promise<void> {
    const component = this.#components[name];
    startProgram(this.run, component);
    let answer = '';
    const ready = async (): Promise<boolean> => {
      answer = await answerOf(component.readyUrl, this.authority);
      if (answer === 'ok') return true;
      if (runningPid(this.run, name) !== undefined) return false;
      throw new GiveUp(new ClusterError(`${name} ended while it was starting; ${lastLines(this.run, name)}`));
    };
    try {
      await waitFor(ready, readySeconds, `${name} to answer ${component.readyUrl}`);
    } catch (cause) {
      if (cause instanceof ClusterError && cause.message.startsWith(`${name} ended`)) throw cause;
      const said = `it answers ${component.readyUrl} with ${answer}`;
      throw new ClusterError(`${name} is not ready after ${readySeconds} s: ${said}; ${lastLines(this.run, name)}`, {
        cause,
      });
    }
  }

  /** Ends a component as a crash would. */
  async kill(name: ComponentName): Promise<void> {
    await stopProgram(this.run, name, 0);
  }

  /** Starts the scheduler anew, with another configuration when one is given. */
  async restartScheduler(configYaml?: string): Promise<void> {
    await stopProgram(this.run, 'scheduler', graceSeconds);
    if (configYaml !== undefined) this.#writeSchedulerConfig(configYaml);
    await this.start('scheduler');
  }

  async addNodes(nodes: readonly FakeNode[]): Promise<void> {
    await createNodes(this.api, nodes);
  }

  async nodeCount(): Promise<number> {
    return (await this.api.list('/api/v1/nodes?resourceVersion=0')).length;
  }

  /** The process id of every component, undefined for those that do not run. */
  status(): Readonly<Record<ComponentName, number | undefined>> {
    return statusOf(this.run);
  }

  /** Ends all components and removes what they stored; logs stay unless the folder is temporary. */
  async stop(): Promise<void> {
    await this.stopProcesses();
    removeStored(this.run);
    if (this.#temporary) rmSync(this.run, { recursive: true, force: true });
  }

  /** Ends all components. What they stored stays. */
  async stopProcesses(): Promise<void> {
    process.removeListener('exit', this.#atExit);
    this.api.close();
    await stopAll(this.run);
  }

  #endAtOnce(): void {
    for (const name of componentNames) signal(this.run, name, 'SIGKILL');
    rmSync(this.run, { recursive: true, force: true });
  }

  #writeSchedulerConfig(yaml: string): void {
    writeFileSync(schedulerConfigPath(this.run), yaml.replaceAll('@KUBECONFIG@', this.kubeconfig));
  }

  #writeKubeconfig(): void {
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'test',
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
      clusters: [
        {
          name: 'test',
          cluster: {
            server: this.server,
            'certificate-authority-data': Buffer.from(this.authority).toString('base64'),
          },
        },
      ],
      users: [{ name: 'admin', user: { token: this.token } }],
    };
    // JSON is YAML.
    writeFileSync(this.kubeconfig, `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600 });
  }
}

/** The process id of every component in a run folder, undefined for those that do not run. */
export function statusOf(run: string): Readonly<Record<ComponentName, number | undefined>> {
  const entries = componentNames.map((name) => [name, runningPid(run, name)] as const);
  return Object.fromEntries(entries) as Record<ComponentName, number | undefined>;
}

export function isAnyRunning(run: string): boolean {
  return Object.values(statusOf(run)).some((pid) => pid !== undefined);
}

/** Ends all components of a run folder, the clients of the API server first. */
export async function stopAll(run: string): Promise<void> {
  const clients = ['kwok', 'scheduler', 'controller-manager'] as const;
  await Promise.all(clients.map((name) => stopProgram(run, name, graceSeconds)));
  await stopProgram(run, 'apiserver', graceSeconds);
  await stopProgram(run, 'etcd', graceSeconds);
}

/** Removes what the components of a run folder stored; certificates and logs stay. */
export function removeStored(run: string): void {
  rmSync(join(run, 'etcd'), { recursive: true, force: true });
  rmSync(portsPath(run), { force: true });
  rmSync(schedulerConfigPath(run), { force: true });
}

function portsPath(run: string): string {
  return join(run, 'ports.json');
}

/** 'ok' for a status of 200, else what was said instead. */
function answerOf(url: string, authority: string): Promise<string> {
  return new Promise((resolve) => {
    const get = url.startsWith('https:') ? httpsGet : httpGet;
    const call = get(url, { ca: authority, agent: false, timeout: 5000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', (error) => resolve(error.message));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8').slice(-600);
        resolve(response.statusCode === 200 ? 'ok' : `${response.statusCode} ${text}`);
      });
    });
    call.on('timeout', () => call.destroy(new ClusterError('no answer within 5 s')));
    call.on('error', (error) => resolve(error.message));
  });
}
