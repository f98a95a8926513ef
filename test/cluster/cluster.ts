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

  /** The cluster of a run folder, started or not. Ports are chosen once, then kept until down. */
  static async in(run: string, settings: ClusterSettings = { temporary: false, flags: {} }): Promise<Cluster> {
    const credentials = await credentialsIn(run);
    const path = portsPath(run);
    if (!existsSync(path)) writeFileSync(path, JSON.stringify(await freePorts()));
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
    const ready = async (): Promise<boolean> => {
      if (await answersOk(component.readyUrl, this.authority)) return true;
      if (runningPid(this.run, name) !== undefined) return false;
      throw new GiveUp(new ClusterError(`${name} ended while it was starting; ${lastLines(this.run, name)}`));
    };
    try {
      await waitFor(ready, readySeconds, `${name} to answer ${component.readyUrl}`);
    } catch (error) {
      if (error instanceof ClusterError && error.message.startsWith(name)) throw error;
      throw new ClusterError(`${name} is not ready after ${readySeconds} s; ${lastLines(this.run, name)}`, {
        cause: error,
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
    const entries = componentNames.map((name) => [name, runningPid(this.run, name)] as const);
    return Object.fromEntries(entries) as Record<ComponentName, number | undefined>;
  }

  /** Ends all components and removes what they stored; logs stay unless the folder is temporary. */
  async stop(): Promise<void> {
    await this.stopProcesses();
    rmSync(join(this.run, 'etcd'), { recursive: true, force: true });
    rmSync(portsPath(this.run), { force: true });
    rmSync(schedulerConfigPath(this.run), { force: true });
    if (this.#temporary) rmSync(this.run, { recursive: true, force: true });
  }

  /** Ends all components. What they stored stays. */
  async stopProcesses(): Promise<void> {
    process.removeListener('exit', this.#atExit);
    this.api.close();
    await Promise.all(
      (['kwok', 'scheduler', 'controller-manager'] as const).map((name) => stopProgram(this.run, name, graceSeconds)),
    );
    await stopProgram(this.run, 'apiserver', graceSeconds);
    await stopProgram(this.run, 'etcd', graceSeconds);
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

function portsPath(run: string): string {
  return join(run, 'ports.json');
}

function answersOk(url: string, authority: string): Promise<boolean> {
  return new Promise((resolve) => {
    const get = url.startsWith('https:') ? httpsGet : httpGet;
    const call = get(url, { ca: authority, agent: false, timeout: 5000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    call.on('timeout', () => call.destroy());
    call.on('error', () => resolve(false));
  });
}
