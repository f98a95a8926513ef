import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clusterSampleOf } from '../../src/collect/ceph/cluster-sample.ts';
import { cephMetricNames } from '../../src/collect/ceph/metric-names.ts';
import { samplesNamed } from '../../src/collect/smart/metrics-text.ts';
import { BarographError } from '../../src/core/errors.ts';
import { runningPid, signal, startProgram, stopProgram } from '../cluster/processes.ts';
import { waitFor } from '../cluster/wait-for.ts';
import { askDaemon } from './admin-socket.ts';
import { attachDevice, detachDevice, deviceIdOf, writeSmart } from './devices.ts';
import { type Load, type LoadOptions, startLoad } from './load.ts';
import { makeOsd, poolCommands } from './make.ts';
import type { CephPlan } from './plan.ts';
import { run, runBoth } from './run.ts';

export interface ManagerPorts {
  readonly metrics: number;
  readonly dashboard: number;
}

export interface CephState {
  readonly folder: string;
  readonly plan: CephPlan;
  /** One for each manager. */
  readonly managerPorts: readonly ManagerPorts[];
  /** Whether stop() removes the folder. */
  readonly isTemporary: boolean;
}

const dashboardPassword = 'only-of-this-test-Ceph-7';

/** A running test Ceph; start.ts says how to use it. */
export class Ceph {
  readonly folder: string;
  readonly plan: CephPlan;
  readonly #state: CephState;
  readonly #loads = new Set<Load>();

  constructor(state: CephState) {
    this.folder = state.folder;
    this.plan = state.plan;
    this.#state = state;
  }

  /** The command with all rights. */
  get adminCommand(): readonly string[] {
    return ['ceph', '-c', join(this.folder, 'ceph.conf')];
  }

  /** The command of a user who may only read: `mon 'allow r' mgr 'allow r'`. */
  get readOnlyCommand(): readonly string[] {
    return [...this.adminCommand, '--id', 'reader', '--keyring', join(this.folder, 'reader.keyring')];
  }

  /** The pages of the prometheus module, the first manager's first. */
  get metricsUrls(): string[] {
    return this.#state.managerPorts.map(({ metrics }) => `http://127.0.0.1:${metrics}/metrics`);
  }

  /** HOST:PORT of the same, for a Prometheus that scrapes them. */
  get metricsTargets(): string[] {
    return this.#state.managerPorts.map(({ metrics }) => `127.0.0.1:${metrics}`);
  }

  /** Of the first manager's dashboard: its address, and a user with the role read-only. */
  get dashboard(): { readonly url: string; readonly username: string; readonly passwordFile: string } {
    const url = `http://127.0.0.1:${this.#state.managerPorts[0]?.dashboard ?? 0}`;
    return { url, username: 'reader', passwordFile: join(this.folder, 'dashboard-password') };
  }

  get deviceIds(): string[] {
    return this.plan.devices ? this.plan.osds.map((_, osd) => deviceIdOf(osd)) : [];
  }

  /** Starts what does not run, and makes what is not there. Gives when all placement groups are clean. */
  async up(): Promise<void> {
    process.once('exit', this.#killAtOnce);
    this.#start('mon', 'a');
    await waitFor(() => this.#isLeading(), 60, 'the monitor');
    await this.#once('known', () => this.askAll([...this.#managerSettings(), ...this.#newOsds()]));
    await Promise.all([this.#upManagers(), ...this.plan.osds.map((_, osd) => this.#upOsd(osd))]);
    await this.#once('pools', () =>
      this.askAll([
        ...this.plan.osds.map(({ deviceClass }, osd) => [
          'osd',
          'crush',
          'set-device-class',
          deviceClass,
          `osd.${osd}`,
        ]),
        ...this.plan.pools.flatMap(poolCommands),
      ]),
    );
    await this.waitClean(90);
  }

  /** Runs a command of ceph with all rights; gives what it printed. */
  ask(args: readonly string[], input?: string): Promise<string> {
    const command = [...this.adminCommand, '--connect-timeout', '20', ...args];
    return run(command, { seconds: 60, ...(input !== undefined && { input }) });
  }

  /** Runs one command after the other, in one process; throws with the first that fails. */
  async askAll(commands: readonly (readonly string[])[]): Promise<void> {
    const lines = commands.map((args) => args.map((one) => `'${one}'`).join(' '));
    const said = await runBoth([...this.adminCommand, '--connect-timeout', '20'], {
      seconds: 120,
      input: lines.join('\n'),
    });
    const failure = /^Error .*$/m.exec(said.stderr);
    if (failure !== null) throw new BarographError('INTERNAL', `one of '${lines.join('; ')}' failed: ${failure[0]}`);
  }

  /** What an OSD answers at its admin socket, as to `ceph daemon`. */
  askOsd(osd: number, prefix: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    return askDaemon(join(this.#run, `osd.${osd}.asok`), prefix, args);
  }

  async askJson(args: readonly string[]): Promise<unknown> {
    return JSON.parse(await this.ask([...args, '--format', 'json']));
  }

  /** Load by rados bench, in the background; ended by stop() at the latest. */
  load(pool: string, options: LoadOptions = {}): Load {
    const load = startLoad(join(this.folder, 'ceph.conf'), pool, options);
    this.#loads.add(load);
    return load;
  }

  /** Writes until the fullest OSD of the cluster is that full (0–1); what was written stays. */
  async fill(pool: string, share: number): Promise<void> {
    const objectBytes = 4 * 2 ** 20;
    const { size = 1, erasure } = this.plan.pools.find(({ name }) => name === pool) ?? {};
    const factor = erasure === undefined ? size : (erasure.dataChunks + erasure.codingChunks) / erasure.dataChunks;
    const osds = await this.#osdsOfPool(pool);
    const missing = osds.map(({ total, used }) => share * total - used);
    const bytes = (Math.min(...missing) * osds.length) / factor;
    if (bytes <= 0) return;
    const objects = Math.ceil(bytes / objectBytes);
    await this.load(pool, { seconds: 600, objectBytes, threads: 8, mostObjects: objects, isKept: true }).ended;
  }

  /** Every operation of an OSD waits so long before it begins. */
  async slow(osd: number, delaySeconds: number): Promise<void> {
    const set = (key: string, value: number): Promise<unknown> =>
      this.askOsd(osd, 'config set', { var: `osd_debug_inject_dispatch_delay_${key}`, val: [String(value)] });
    await set('duration', delaySeconds);
    await set('probability', delaySeconds > 0 ? 1 : 0);
  }

  quick(osd: number): Promise<void> {
    return this.slow(osd, 0);
  }

  /** Ends an OSD as a power cut does; gives when the monitor knows. */
  async kill(osd: number): Promise<void> {
    signal(this.#run, `osd.${osd}`, 'SIGKILL');
    await waitFor(() => runningPid(this.#run, `osd.${osd}`) === undefined, 20, `the end of osd.${osd}`);
    await this.ask(['osd', 'down', String(osd)]);
  }

  /** Starts an OSD again; gives when it is up and everything is clean. */
  async revive(osd: number): Promise<void> {
    await this.#upOsd(osd);
    await this.waitClean(120);
  }

  /** Ends a manager: another one becomes active, where there is one. */
  async killManager(name: string): Promise<void> {
    await stopProgram(this.#run, `mgr.${name}`, 0);
    await this.ask(['mgr', 'fail', name]).catch(() => undefined);
  }

  startManager(name: string): void {
    this.#start('mgr', name);
  }

  /** From which shares of its size on an OSD is near full and full. */
  async ratios(nearFull: number, full = 0.95): Promise<void> {
    await this.ask(['osd', 'set-full-ratio', String(full)]);
    await this.ask(['osd', 'set-backfillfull-ratio', String((nearFull + full) / 2)]);
    await this.ask(['osd', 'set-nearfull-ratio', String(nearFull)]);
  }

  /** What smartctl says of the device of an OSD from now on (its JSON); Ceph is made to scrape it. */
  async setSmart(osd: number, json: string): Promise<void> {
    if (!this.plan.devices) throw new BarographError('INTERNAL', 'OSDs on plain files have no S.M.A.R.T.');
    writeSmart(this.folder, osd, json);
    await this.ask(['device', 'scrape-health-metrics', deviceIdOf(osd)]);
  }

  /** Waits until all placement groups are active and clean, and stay so for a moment: what changes them shows with a delay. */
  async waitClean(seconds: number): Promise<void> {
    let looks = 0;
    const isClean = async (): Promise<boolean> => {
      looks = (await this.#isClean()) ? looks + 1 : 0;
      return looks > 2;
    };
    await waitFor(isClean, seconds, 'clean placement groups', 1000);
  }

  /** Process ids of what runs, by name; undefined for what does not. */
  status(): Record<string, number | undefined> {
    return Object.fromEntries(this.#names().map((name) => [name, runningPid(this.#run, name)]));
  }

  /** Ends everything; a temporary folder is removed with its devices. */
  async stop(): Promise<void> {
    for (const load of this.#loads) await load.stop();
    const [monitor = '', ...others] = this.#names();
    await Promise.all(others.map((name) => stopProgram(this.#run, name, 20)));
    await stopProgram(this.#run, monitor, 10);
    process.off('exit', this.#killAtOnce);
    for (const osd of this.plan.osds.keys()) await detachDevice(this.folder, osd);
    if (this.#state.isTemporary) rmSync(this.folder, { recursive: true, force: true });
  }

  // A test process that ends by itself must not leave its Ceph behind.
  readonly #killAtOnce = (): void => {
    if (this.#state.isTemporary) for (const name of this.#names()) signal(this.#run, name, 'SIGKILL');
  };

  get #run(): string {
    return join(this.folder, 'run');
  }

  #names(): string[] {
    const managers = this.plan.managers.map((name) => `mgr.${name}`);
    return ['mon.a', ...managers, ...[...this.plan.osds.keys()].map((osd) => `osd.${osd}`)];
  }

  #start(type: string, id: string, environment: Readonly<Record<string, string>> = {}): void {
    const command = [`ceph-${type}`, '-c', join(this.folder, 'ceph.conf'), '-i', id, '-f'];
    startProgram(this.#run, { name: `${type}.${id}`, command, environment });
  }

  /** On a host of its own an OSD is told its name as Rook tells it: by the environment of its pod. */
  #startOsd(osd: number): void {
    const { host } = this.plan.osds[osd] ?? {};
    const pod =
      host === undefined ? {} : { POD_NAME: `rook-ceph-osd-${osd}`, POD_NAMESPACE: 'rook-ceph', NODE_NAME: host };
    this.#start('osd', String(osd), { ...pod, PATH: `${join(this.folder, 'bin')}:${process.env.PATH ?? ''}` });
  }

  #managerSettings(): string[][] {
    const { metricsCacheSeconds: cache, managers } = this.plan;
    const set = (key: string, value: string | number): string[] => [
      'config',
      'set',
      'mgr',
      `mgr/${key}`,
      String(value),
      '--force',
    ];
    return [
      set('prometheus/server_addr', '127.0.0.1'),
      set('prometheus/scrape_interval', cache > 0 ? cache : 1),
      set('prometheus/cache', String(cache > 0)),
      set('dashboard/ssl', 'false'),
      set('dashboard/server_addr', '127.0.0.1'),
      // Standby managers listen, too.
      ...managers.flatMap((name, index) => [
        set(`prometheus/${name}/server_port`, this.#state.managerPorts[index]?.metrics ?? 0),
        set(`dashboard/${name}/server_port`, this.#state.managerPorts[index]?.dashboard ?? 0),
      ]),
    ];
  }

  #newOsds(): string[][] {
    return this.plan.osdIds.map((uuid, osd) => ['osd', 'new', uuid, String(osd)]);
  }

  /** One after the other, so that the first is the active one. */
  async #upManagers(): Promise<void> {
    for (const name of this.plan.managers) {
      this.#start('mgr', name);
      await waitFor(async () => (await this.#activePage()) !== undefined, 60, `manager ${name}`, 250);
    }
    if (this.plan.dashboard) await this.#once('dashboard', () => this.#makeDashboard());
  }

  async #makeDashboard(): Promise<void> {
    await this.ask(['mgr', 'module', 'enable', 'dashboard', '--force']);
    await waitFor(() => fetch(this.dashboard.url), 60, 'the dashboard', 250);
    const { username, passwordFile } = this.dashboard;
    writeFileSync(passwordFile, dashboardPassword, { mode: 0o600 });
    const create = ['dashboard', 'ac-user-create', username, 'read-only', '-i', passwordFile];
    await waitFor(() => this.ask(create), 60, 'the user of the dashboard', 1000);
  }

  async #upOsd(osd: number): Promise<void> {
    await makeOsd(this.folder, osd, this.plan);
    const isDetached = this.plan.devices && !existsSync(join(this.folder, 'osd', `${osd}.device`));
    if (isDetached) await attachDevice(this.folder, osd, this.plan.osdBytes);
    this.#startOsd(osd);
    await waitFor(() => this.#isUp(osd), 90, `osd.${osd}`, 250);
  }

  async #once(what: string, make: () => Promise<void>): Promise<void> {
    const path = join(this.folder, `${what}.made`);
    if (existsSync(path)) return;
    await make();
    writeFileSync(path, '');
  }

  async #isLeading(): Promise<boolean> {
    const status = (await askDaemon(join(this.#run, 'mon.a.asok'), 'mon_status')) as { readonly state: string };
    return status.state === 'leader';
  }

  async #isUp(osd: number): Promise<boolean> {
    return ((await this.askOsd(osd, 'status')) as { readonly state: string }).state === 'active';
  }

  async #isClean(): Promise<boolean> {
    const page = await this.#activePage();
    if (page === undefined) return false;
    const { pools } = clusterSampleOf(samplesNamed(page, cephMetricNames), { timeSeconds: 0 });
    const isEvery = this.plan.pools.every(({ name }) => [...pools.values()].some((pool) => pool.name === name));
    return (
      isEvery && [...pools.values()].every(({ placementGroups: { total, clean } }) => total > 0 && clean === total)
    );
  }

  async #activePage(): Promise<string | undefined> {
    const pages = await Promise.all(
      this.metricsUrls.map((url) =>
        fetch(url).then(
          (answer) => answer.text(),
          () => '',
        ),
      ),
    );
    return pages.find((page) => page.includes('\nceph_health_status '));
  }

  async #osdsOfPool(pool: string): Promise<{ readonly total: number; readonly used: number }[]> {
    const { nodes } = (await this.askJson(['osd', 'df'])) as { nodes: { id: number; kb: number; kb_used: number }[] };
    const { pg_stats: groups } = (await this.askJson(['pg', 'ls-by-pool', pool])) as { pg_stats: { up: number[] }[] };
    const ids = new Set(groups.flatMap(({ up }) => up));
    return nodes
      .filter(({ id }) => ids.has(id))
      .map(({ kb, kb_used: used }) => ({ total: kb * 1024, used: used * 1024 }));
  }
}
