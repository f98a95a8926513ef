// Records the fixtures of test/collect/ceph from a Ceph of its own: node bootstrap.mjs node test/ceph/record.ts FOLDER
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { exporterPage, withoutCounters } from './exporter-page.ts';
import { startCeph } from './start.ts';

const folder = process.argv[2] ?? 'fixtures';
mkdirSync(folder, { recursive: true });
const smart = readFileSync(new URL('../collect/smart/fixtures/ata-seagate.json', import.meta.url), 'utf8');

const save = (name: string, text: string): void =>
  writeFileSync(join(folder, `${name}.gz`), gzipSync(text, { level: 9 }));

const ceph = await startCeph({
  osds: [
    { deviceClass: 'ssd', host: 'node-a' },
    { deviceClass: 'hdd', host: 'node-b' },
    { deviceClass: 'hdd', host: 'node-c' },
    { deviceClass: 'hdd', host: 'node-d' },
  ],
  pools: [
    { name: 'fast', deviceClass: 'ssd' },
    { name: 'slow', deviceClass: 'hdd', size: 2, failureDomain: 'host' },
    { name: 'erasure', deviceClass: 'hdd', erasure: { dataChunks: 2, codingChunks: 1 }, failureDomain: 'host' },
  ],
});
try {
  if (ceph.plan.devices) await ceph.setSmart(1, smart);
  await ceph.ask(['osd', 'pool', 'set-quota', 'fast', 'max_bytes', String(2 ** 30)]);
  await ceph.load('fast', { seconds: 3, isKept: true }).ended;
  const loads = [
    ceph.load('fast', { seconds: 60 }),
    ceph.load('fast', { seconds: 60, kind: 'read' }),
    ceph.load('slow', { seconds: 60 }),
    ceph.load('erasure', { seconds: 60, objectBytes: 65_536 }),
  ];
  await ceph.slow(1, 0.1);
  await sleep(5000);
  const times: Record<string, number> = {};
  for (const which of ['before', 'after']) {
    const [page = '', exporter] = await Promise.all([
      (await fetch(ceph.metricsUrls[0] ?? '')).text(),
      exporterPage(ceph),
    ]);
    times[which] = Date.now() / 1000;
    save(`pacific-${which}.txt`, page);
    save(`reef-manager-${which}.txt`, withoutCounters(page, exporter));
    save(`reef-exporter-${which}.txt`, exporter);
    if (which === 'before') await sleep(20_000);
  }
  for (const load of loads) await load.stop();
  save('osd-dump.json', await ceph.ask(['osd', 'dump', '--format', 'json']));
  save('crush-dump.json', await ceph.ask(['osd', 'crush', 'dump', '--format', 'json']));
  await ceph.kill(3);
  await sleep(3000);
  save('osd-down.txt', await (await fetch(ceph.metricsUrls[0] ?? '')).text());
  save('health.json', await ceph.ask(['health', '--format', 'json']));
  writeFileSync(join(folder, 'times.json'), `${JSON.stringify(times)}\n`);
} finally {
  await ceph.stop();
}
