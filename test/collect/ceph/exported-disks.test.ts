import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { CephDisks } from '../../../src/collect/ceph/disks.ts';
import { openCephDisks } from '../../../src/collect/ceph/open-disks.ts';
import { manualClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/log.ts';
import { prometheusMissing, type RunningPrometheus, startPrometheus } from '../../support/prometheus.ts';
import { cephConfig } from './support/open.ts';
import { type PageServer, servePage } from './support/page-server.ts';

const missing = prometheusMissing();
const nowSeconds = 1_770_000_000;
const devices = ['MAKER_MODEL_S1', 'MAKER_MODEL_S2', 'MAKER_MODEL_S3'].map((id, osd) => ({ id, osd }));
const servers: PageServer[] = [];

afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop())));

test('the pages of hosts are read, and what is on them joined to OSDs by serial number', async () => {
  const pages = [await serve(linesOf('sda', 'S1', 100).join('\n')), await serve(linesOf('sda', 'S3', 300).join('\n'))];
  const { newest } = await open(pages.map(({ url }) => url)).read(devices, undefined);
  expect([...newest].map(([id, { powerOnHours, timeSeconds }]) => [id, powerOnHours, timeSeconds])).toEqual([
    ['MAKER_MODEL_S1', 100, nowSeconds],
    ['MAKER_MODEL_S3', 300, nowSeconds],
  ]);
});

test('a host that does not answer costs its own disks, and pages are read again when their time has come', async () => {
  const [well, ill] = [await serve(linesOf('sda', 'S1', 100).join('\n')), await serve(500)];
  const clock = manualClock(nowSeconds);
  const disks = open([well.url, ill.url], clock);
  expect([...(await disks.read(devices, undefined)).newest.keys()]).toEqual(['MAKER_MODEL_S1']);
  ill.answer = linesOf('sda', 'S2', 200).join('\n');
  clock.set(nowSeconds + 599);
  expect((await disks.read(devices, undefined)).newest.size).toBe(1);
  clock.set(nowSeconds + 600);
  expect((await disks.read(devices, undefined)).newest.size).toBe(2);
});

describe.skipIf(missing !== undefined)(
  `by a real Prometheus${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    let prometheus: RunningPrometheus;
    beforeAll(async () => {
      prometheus = await startPrometheus({ history: historyLines() });
    });
    afterAll(() => prometheus?.stop());

    test('hosts whose devices go by the same name are kept apart', async () => {
      const { newest } = await open([]).read(devices, undefined);
      expect([...newest].map(([id, { powerOnHours }]) => [id, powerOnHours])).toEqual([
        ['MAKER_MODEL_S1', 100],
        ['MAKER_MODEL_S2', 200],
      ]);
    });

    function open(urls: readonly string[]): CephDisks {
      return disksOf({ kind: 'prometheus', url: prometheus.url }, urls, manualClock(nowSeconds));
    }
  },
);

function open(urls: readonly string[], clock = manualClock(nowSeconds)): CephDisks {
  return disksOf({ kind: 'mgr', urls: ['http://127.0.0.1:9/metrics'], retryBudget: '1s' }, urls, clock);
}

function disksOf(metrics: object, urls: readonly string[], clock: ReturnType<typeof manualClock>): CephDisks {
  const config = cephConfig({ metrics, disks: { kind: 'exporter', urls } });
  return openCephDisks(config, { map: undefined, clock, logger: silentLogger, random: () => 0.5 });
}

async function serve(answer: string | number): Promise<PageServer> {
  const server = await servePage(answer);
  servers.push(server);
  return server;
}

function linesOf(device: string, serial: string, hours: number, more = ''): string[] {
  return [
    `smartctl_device{device="${device}",model_name="MODEL",protocol="ATA",serial_number="${serial}"${more}} 1`,
    `smartctl_device_power_on_seconds{device="${device}"${more}} ${3600 * hours}`,
    `smartctl_device_smart_status{device="${device}"${more}} 1`,
  ];
}

/** Of one metric all series must stand together. */
function historyLines(): string[] {
  const hosts = [linesOf('sda', 'S1', 100, ',instance="a:9633"'), linesOf('sda', 'S2', 200, ',instance="b:9633"')];
  const [first = []] = hosts;
  return first.flatMap((_, line) => hosts.map((host) => `${host[line]} ${nowSeconds - 10}`));
}
