import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { describeError } from '../../src/core/errors.ts';
import type { CephReading } from '../../src/core/storage.ts';
import { openFrom } from '../collect/ceph/support/open.ts';
import { listenOnLoopback } from '../support/loopback.ts';
import { prometheusMissing, type RunningPrometheus, startPrometheus } from '../support/prometheus.ts';
import { cephMissing, dashboardMissing } from './available.ts';
import type { Ceph } from './ceph.ts';
import { exporterPage, withoutCounters } from './exporter-page.ts';
import { run } from './run.ts';
import { cephStartMilliseconds, startCeph } from './start.ts';

const missing = cephMissing() ?? prometheusMissing() ?? dashboardMissing();
const title = `a real Ceph${missing === undefined ? '' : ` (skipped: ${missing})`}`;
const smart = new URL('../collect/smart/fixtures/ata-hgst.json', import.meta.url);

// In order: what a test does to the cluster, the next one finds.
describe.skipIf(missing !== undefined)(title, { timeout: 90_000 }, () => {
  let ceph: Ceph;
  let prometheus: RunningPrometheus;

  beforeAll(async () => {
    ceph = await startCeph({
      dashboard: true,
      managers: 2,
      osds: [
        { deviceClass: 'ssd', host: 'node-a' },
        { deviceClass: 'hdd', host: 'node-a' },
        { deviceClass: 'hdd', host: 'node-b' },
      ],
      pools: [
        { name: 'fast', deviceClass: 'ssd' },
        { name: 'slow', deviceClass: 'hdd', size: 2, minSize: 1, failureDomain: 'host' },
      ],
    });
    prometheus = await startPrometheus({ targets: ceph.metricsTargets, scrapeSeconds: 2 });
  }, cephStartMilliseconds);
  afterAll(async () => {
    await prometheus?.stop();
    await ceph?.stop();
  }, 60_000);

  test('the command, the dashboard and files give the same pools, OSDs, hosts, ratios and fsid', async () => {
    const byCommand = await readOnce(commandMap());
    const pools = byCommand.pools.filter(({ application }) => application === 'rbd');
    expect(pools).toMatchObject([
      { name: 'fast', osds: [0], deviceClass: 'ssd', failureDomain: 'osd', size: 1 },
      { name: 'slow', osds: [1, 2], deviceClass: 'hdd', failureDomain: 'host', size: 2, minSize: 1 },
    ]);
    expect(byCommand.osds.map(({ host, up }) => ({ host, up }))).toEqual([
      { host: 'node-a', up: true },
      { host: 'node-a', up: true },
      { host: 'node-b', up: true },
    ]);
    expect(byCommand.assumptions).toBeUndefined();
    const byDashboard = await readOnce({ kind: 'dashboard', ...ceph.dashboard });
    expect(unchanging(byDashboard)).toEqual(unchanging(byCommand));
    const byFiles = await readOnce({ kind: 'files', path: await writeFiles() });
    expect(unchanging(byFiles)).toEqual(unchanging(byCommand));
  });

  test('the user of the command can change nothing', async () => {
    await expect(run([...ceph.readOnlyCommand, 'osd', 'out', '0'])).rejects.toThrow('access denied');
  });

  test('a wrong password is an error that says what to do and not the password', async () => {
    const passwordFile = join(ceph.folder, 'wrong-password');
    writeFileSync(passwordFile, 'not-the-password-9');
    const failure = await readOnce({ kind: 'dashboard', ...ceph.dashboard, passwordFile }).catch(
      (error: unknown) => error,
    );
    expect(describeError(failure)).toContain('api/auth, received status 400');
    expect(describeError(failure)).not.toContain('not-the-password-9');
  });

  test('a command that is not there or cannot reach its cluster is an error that names it', async () => {
    const absent = await readOnce({ kind: 'command', command: ['no-such-ceph'] }).catch((error: unknown) => error);
    expect(describeError(absent)).toContain("expected an answer of 'no-such-ceph osd");
    const lost = { kind: 'command', command: ['ceph', '--conf', '/nowhere/ceph.conf'], timeout: '5s' };
    expect(describeError(await readOnce(lost).catch((error: unknown) => error))).toContain('SOURCE_UNAVAILABLE');
  });

  test('load shows on its pool, and a slow OSD by its latency; from the manager, an exporter and Prometheus alike', async () => {
    await ceph.slow(2, 0.2);
    const loads = [ceph.load('fast', { seconds: 60 }), ceph.load('slow', { seconds: 60 })];
    const exporter = await serve(() => exporterPage(ceph));
    const manager = await serve(async () => withoutCounters(await activePage(), await exporterPage(ceph)));
    const readings = await Promise.all([
      readWhileLoaded(managers()),
      readWhileLoaded({ kind: 'mgr', urls: [manager.url], exporters: [exporter.url] }),
      readWhileLoaded({ kind: 'prometheus', url: prometheus.url }),
    ]);
    for (const { pools, osds } of readings) {
      expect(pools.find(({ name }) => name === 'fast')?.rates.writeOps).toBeGreaterThan(20);
      expect(osds[2]?.writeLatencySeconds).toBeGreaterThan(0.15);
      expect(osds[0]?.writeLatencySeconds).toBeLessThan(0.15);
      expect(osds[0]?.rates.writeBytes).toBeGreaterThan(20 * 4096);
    }
    await Promise.all([...loads.map((load) => load.stop()), exporter.stop(), manager.stop(), ceph.quick(2)]);
  });

  test('Prometheus gives what was before', async () => {
    const source = openFrom({ metrics: { kind: 'prometheus', url: prometheus.url }, map: commandMap() }, systemClock);
    const endSeconds = Math.floor(systemClock.nowSeconds());
    const range = { startSeconds: endSeconds - 60, endSeconds, stepSeconds: 4 };
    const readings: CephReading[] = [];
    for await (const reading of source.history?.(range, 4) ?? []) readings.push(reading);
    expect(readings.length).toBeGreaterThan(3);
    const rates = readings.map(({ pools }) => pools.find(({ name }) => name === 'fast')?.rates.writeOps ?? Number.NaN);
    expect(Math.max(...rates.filter(Number.isFinite))).toBeGreaterThan(20);
    await source.close();
  });

  test.skipIf(process.getuid?.() !== 0)('the health of a device is read as Ceph scraped it, by each way', async () => {
    await ceph.setSmart(1, readFileSync(smart, 'utf8'));
    const [device = ''] = ceph.deviceIds.slice(1);
    const byCommand = await readOnce(commandMap());
    expect(byCommand.osds[1]?.deviceIds).toEqual([device]);
    expect(byCommand.disks.get(device)).toMatchObject({ model: 'HGST HUS724020ALE640', powerOnHours: 83_425 });
    const byDashboard = await readOnce({ kind: 'dashboard', ...ceph.dashboard });
    expect(byDashboard.disks.get(device)).toMatchObject({ powerOnHours: 83_425 });
  });

  test('a pool whose OSD is near full is told with the ratios that are set', async () => {
    await ceph.fill('fast', 0.12);
    await ceph.ratios(0.11);
    const source = openFrom({ metrics: managers(), map: commandMap(), disks: { kind: 'none' } }, systemClock);
    const codes = async (): Promise<string[]> => (await source.read()).health.checks.map(({ code }) => code);
    await expect.poll(codes, { timeout: 40_000, interval: 1000 }).toContain('OSD_NEARFULL');
    const { ratios, osds, pools, health } = await source.read();
    await source.close();
    expect(ratios.nearFull).toBe(0.11);
    expect((osds[0]?.usedBytes ?? 0) / (osds[0]?.totalBytes ?? 1)).toBeGreaterThan(0.11);
    expect(pools.find(({ name }) => name === 'fast')?.storedBytes).toBeGreaterThan(2 ** 26);
    expect(health.checks.find(({ code }) => code === 'OSD_NEARFULL')?.summary).toBe('1 nearfull osd(s)');
  });

  test('when a manager dies, the other one is read', async () => {
    const source = openFrom({ metrics: managers(), map: commandMap(), disks: { kind: 'none' } }, systemClock);
    const before = await source.read();
    await ceph.killManager('x');
    const after = await retried(() => source.read());
    expect(after.timeSeconds).toBeGreaterThan(before.timeSeconds);
    expect(after.osds.every(({ totalBytes }) => totalBytes === 4 * 2 ** 30)).toBe(true);
    expect(after.pools.map(({ name }) => name)).toEqual(before.pools.map(({ name }) => name));
    await source.close();
  });

  test('an OSD that died is down, and its groups are not clean', async () => {
    await ceph.kill(2);
    const reading = await retried(async () => {
      const one = await readOnce(commandMap());
      expect(one.placementGroups.unclean).toBeGreaterThan(0);
      return one;
    });
    expect(reading.osds.map(({ up }) => up)).toEqual([true, true, false]);
    expect(reading.health.checks.map(({ code }) => code)).toContain('OSD_DOWN');
  });

  test('with all managers gone there is no reading, but an error that names them', async () => {
    await ceph.killManager('y');
    const failure = await readOnce(commandMap()).catch((error: unknown) => error);
    expect(describeError(failure)).toContain('no manager of Ceph gives metrics');
  });

  function managers() {
    return { kind: 'mgr', urls: ceph.metricsUrls, retryBudget: '5s' };
  }

  function commandMap() {
    return { kind: 'command', command: ceph.readOnlyCommand };
  }

  async function readOnce(map: object, metrics: object = managers()): Promise<CephReading> {
    const source = openFrom({ metrics, map }, systemClock);
    try {
      return await source.read();
    } finally {
      await source.close();
    }
  }

  /** Over some seconds, so that operations that wait are among what was done. */
  async function readWhileLoaded(metrics: object): Promise<CephReading> {
    const source = openFrom({ metrics, map: commandMap(), disks: { kind: 'none' } }, systemClock);
    try {
      await source.read();
      await sleep(6000);
      return await source.read();
    } finally {
      await source.close();
    }
  }

  async function activePage(): Promise<string> {
    const pages = await Promise.all(ceph.metricsUrls.map(async (url) => (await fetch(url)).text()));
    return pages.find((page) => page.includes('ceph_health_status')) ?? '';
  }

  async function writeFiles(): Promise<string> {
    const folder = join(ceph.folder, 'files');
    mkdirSync(folder, { recursive: true });
    for (const [name, args] of [
      ['osd-dump.json', ['osd', 'dump']],
      ['crush-dump.json', ['osd', 'crush', 'dump']],
      ['health.json', ['health']],
    ] as const) {
      writeFileSync(join(folder, name), await run([...ceph.readOnlyCommand, ...args, '--format', 'json']));
    }
    return folder;
  }
});

async function serve(
  page: () => Promise<string>,
): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const server = createServer((_request, response) => {
    page().then(
      (text) => response.end(text),
      (error: unknown) => response.writeHead(500).end(describeError(error)),
    );
  });
  const { port, stop } = await listenOnLoopback(server);
  return { url: `http://127.0.0.1:${port}/metrics`, stop };
}

/** What two ways to the map must agree on. */
function unchanging({ cluster, ratios, pools, osds }: CephReading) {
  return {
    cluster,
    ratios,
    pools: pools.map(({ rates: _, storedBytes: _stored, availableBytes: _available, ...rest }) => rest),
    osds: osds.map(({ id, host, deviceClass, crushWeight, deviceIds }) => ({
      id,
      host,
      deviceClass,
      crushWeight,
      deviceIds,
    })),
  };
}

async function retried<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (tries === 8) throw error;
      await sleep(3000);
    }
  }
}
