import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createDiskFolder } from '../../../src/collect/node-disks/folder.ts';
import { openNodeDisks } from '../../../src/collect/node-disks/open-node-disks.ts';
import { manualClock } from '../../../src/core/clock.ts';
import { configSchema, type NodeDisksConfig } from '../../../src/core/config.ts';
import { validateConfig } from '../../../src/core/config-file.ts';
import { BarographError } from '../../../src/core/errors.ts';
import { type Logger, silentLogger } from '../../../src/core/log.ts';
import { prometheusMissing, type RunningPrometheus, startPrometheus } from '../../support/prometheus.ts';

const fixture = (name: string): string => readFileSync(new URL(`../smart/fixtures/${name}`, import.meta.url), 'utf8');

describe('a folder of disk readings', () => {
  let folder: string;
  const warnings: string[] = [];
  const logger: Logger = { ...silentLogger, warn: (_, message) => warnings.push(message) };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'barograph-smart-'));
    warnings.length = 0;
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  function write(node: string, name: string, text: string): string {
    mkdirSync(join(folder, node), { recursive: true });
    const path = join(folder, node, name);
    writeFileSync(path, text);
    return path;
  }

  test('has the disks of each node by the names of its folders, oldest readings first', async () => {
    write('node-1', 'new.json', fixture('ata-hgst.json'));
    const older = JSON.parse(fixture('ata-hgst.json'));
    write('node-1', 'old.json', JSON.stringify({ ...older, local_time: { time_t: older.local_time.time_t - 86_400 } }));
    write('node-2', 'nvme.json', fixture('nvme.json'));
    write('node-2', '.half-written', '{');
    write('.hidden', 'x.json', '{');
    const readings = await createDiskFolder({ path: folder, logger }).read();
    expect(readings.map(({ node }) => node).sort()).toEqual(['node-1', 'node-1', 'node-2']);
    const times = readings.map(({ reading }) => reading.timeSeconds);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(warnings).toEqual([]);
  });

  test('takes the time of a file for a page that does not say its own', async () => {
    const path = write('node-1', 'page.prom', 'smartctl_device{device="sda",model_name="M",serial_number="S"} 1\n');
    utimesSync(path, 1_700_000_000, 1_700_000_000);
    const [one] = await createDiskFolder({ path: folder, logger }).read();
    expect(one?.reading).toMatchObject({ serial: 'S', timeSeconds: 1_700_000_000 });
  });

  test('passes over what cannot be read, says so once, and takes it when it changes', async () => {
    const path = write('node-1', 'bad.json', '{ "half": ');
    write('node-1', 'good.json', fixture('ata-hgst.json'));
    const source = createDiskFolder({ path: folder, logger });
    expect(await source.read()).toHaveLength(1);
    expect(await source.read()).toHaveLength(1);
    expect(warnings).toHaveLength(1);
    writeFileSync(path, fixture('nvme.json'));
    utimesSync(path, 1_900_000_000, 1_900_000_000);
    expect(await source.read()).toHaveLength(2);
  });

  test('gives the very same reading again while its file stays', async () => {
    write('node-1', 'disk.json', fixture('ata-hgst.json'));
    const source = createDiskFolder({ path: folder, logger });
    const [first] = await source.read();
    const [second] = await source.read();
    expect(second?.reading).toBe(first?.reading);
  });

  test('that is not there is a source that cannot be read', async () => {
    const source = createDiskFolder({ path: join(folder, 'nowhere'), logger });
    await expect(source.read()).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
  });
});

const skip = prometheusMissing();
const day = 86_400;
const now = Math.floor(Date.now() / 1000 / 60) * 60 - 600;

describe.skipIf(skip !== undefined)(
  `smartctl_exporter in a real Prometheus${skip === undefined ? '' : ` (${skip})`}`,
  () => {
    let prometheus: RunningPrometheus;

    beforeAll(async () => {
      prometheus = await startPrometheus({ history: lines() });
    }, 60_000);

    afterAll(() => prometheus?.stop());

    /** Two machines; on one a disk that got worse over the days. */
    function* lines(): Generator<string> {
      const times = [30, 14, 7, 3, 1, 0].map((days) => now - days * day);
      const where = (machine: string): string =>
        `instance="${machine}:9633",host="${machine}.example.com",device="sda"`;
      for (const [machine, serial] of [
        ['10.0.0.5', 'ZL"2'],
        ['10.0.0.6', 'ZL3'],
      ] as const) {
        const device = `${where(machine)},protocol="ATA",model_name="ST16000NM001G",serial_number="${serial.replace('"', '\\"')}"`;
        for (const time of times) yield `smartctl_device{${device}} 1 ${time}`;
        const attribute = `${where(machine)},attribute_id="5",attribute_name="Reallocated_Sector_Ct",attribute_value_type="raw"`;
        for (const [i, time] of times.entries())
          yield `smartctl_device_attribute{${attribute}} ${machine === '10.0.0.5' ? 8 * i : 0} ${time}`;
        for (const time of times) yield `smartctl_device_smart_status{${where(machine)}} 1 ${time}`;
      }
    }

    function configOf(more: object): NodeDisksConfig {
      const nodeDisks = { kind: 'prometheus', url: prometheus.url, ...more };
      const { storage } = validateConfig(
        configSchema,
        { source: { kind: 'metrics-api' }, storage: { nodeDisks } },
        'a test',
      );
      if (storage === undefined) throw new BarographError('INTERNAL', 'expected storage');
      return storage.nodeDisks;
    }

    test('has each disk by the machine of its label without the port, with what it said over a month', async () => {
      const source = openNodeDisks(configOf({}), { clock: manualClock(now), logger: silentLogger });
      const readings = (await source?.read()) ?? [];
      source?.close();
      const worse = readings.filter(({ node }) => node === '10.0.0.5').map(({ reading }) => reading);
      expect(worse.map(({ attributes }) => attributes.get(5))).toEqual([0, 8, 16, 24, 32, 40]);
      expect(worse.map(({ timeSeconds }) => (now - timeSeconds) / day)).toEqual([30, 14, 7, 3, 1, 0]);
      expect(worse.at(-1)).toMatchObject({ serial: 'ZL"2', model: 'ST16000NM001G', passed: true, protocol: 'ATA' });
      expect(new Set(readings.map(({ node }) => node))).toEqual(new Set(['10.0.0.5', '10.0.0.6']));
    });

    test('is asked for the past once, and by any label and selector', async () => {
      const config = configOf({ nodeLabel: 'host', selector: 'instance="10.0.0.6:9633"' });
      const source = openNodeDisks(config, { clock: manualClock(now), logger: silentLogger });
      expect(await source?.read()).toHaveLength(6);
      const again = (await source?.read()) ?? [];
      source?.close();
      expect(again.map(({ node }) => node)).toEqual(['10.0.0.6.example.com']);
    });

    test('that is away is a source that cannot be read', async () => {
      const config = configOf({ url: 'http://127.0.0.1:1', timeout: '1s', retryBudget: '1s' });
      const source = openNodeDisks(config, { clock: manualClock(now), logger: silentLogger });
      await expect(source?.read()).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
      source?.close();
    });
  },
);
